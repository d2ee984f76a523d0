/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Amdgpu types: what the module's own records of queues and devices say, by name (CO-RE, against
 * the module's BTF). Member names of Linux 6.1 to 6.18.
 */
#ifndef PENSTOCK_BPF_AMDGPU_TYPES_H
#define PENSTOCK_BPF_AMDGPU_TYPES_H

#include "bpf/kernel_types.h"

/* Not the uapi's numbers. Enums, because the loader matches no enum member with an integer. */
enum kfd_queue_type {
    KFD_QUEUE_TYPE_COMPUTE = 0,
    KFD_QUEUE_TYPE_SDMA = 1,
    KFD_QUEUE_TYPE_SDMA_XGMI = 4,
    KFD_QUEUE_TYPE_SDMA_BY_ENG_ID = 5,
};

enum kfd_queue_format {
    KFD_QUEUE_FORMAT_PM4 = 0,
    KFD_QUEUE_FORMAT_AQL = 1,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct queue_properties {
    enum kfd_queue_type type;
    enum kfd_queue_format format;
    __u32 queue_id;
    __u64 queue_address;
    __u64 queue_size;
    void* read_ptr;
    void* write_ptr;
};

struct kfd_node {
    __u32 id;
};

/* Before 6.5 a queue pointed to the whole device, which then carried the id. */
struct kfd_dev {
    __u32 id;
};

struct kfd_process {
    struct task_struct* lead_thread;
};

struct queue {
    struct queue_properties properties;
    struct kfd_process* process;
    struct kfd_node* device;
};

struct device_queue_manager {
    struct kfd_node* dev;
    bool active_runlist;
};

#pragma clang attribute pop

static __always_inline __u32 gpu_id_of(const void* device) {
    if (bpf_core_field_exists(struct kfd_node, id))
        return BPF_CORE_READ((const struct kfd_node*)device, id);
    return BPF_CORE_READ((const struct kfd_dev*)device, id);
}

#endif
