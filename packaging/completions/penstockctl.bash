# SPDX-License-Identifier: Apache-2.0
#
# Completion of penstockctl for bash. Processes and queues are those of the running agent; where
# there is none, nothing is said and nothing is started for it.

# An answer of the agent, as JSON: BUS, and what busctl is to do.
__penstockctl_ask() {
    local where=--address=$1
    case $1 in
        '' | system) where=--system ;;
        session) where=--user ;;
    esac
    busctl "$where" --auto-start=no --timeout=2 --json=short -- "${@:2}" 2>/dev/null
}

# A method of it: BUS PATH INTERFACE METHOD [ARGUMENT...].
__penstockctl_call() {
    __penstockctl_ask "$1" call org.penstock1 "$2" "org.penstock1.$3" "${@:4}"
}

# What there is a history of; the agent itself gives the names: BUS.
__penstockctl_series() {
    __penstockctl_ask "$1" \
        get-property org.penstock1 /org/penstock1 org.penstock1.Manager HistorySeries |
        grep -oE '\["[a-z0-9/-]+","' | tr -d '[",'
}

# Only digits are taken from the answer: the rest is what processes say of themselves.
__penstockctl_pids() {
    __penstockctl_call "$1" /org/penstock1 Manager ListProcesses 'a{sv}' 0 |
        grep -oE '"/org/penstock1/process/[0-9]+",' | grep -oE '[0-9]+",' | tr -d '",'
}

# "queue=1" and "gpu=51432" of a process that are not named yet: BUS PID WORD...
__penstockctl_queues() {
    [[ $2 =~ ^[0-9]+$ ]] || return
    local gpu queue words=" ${*:3}"
    __penstockctl_call "$1" "/org/penstock1/process/$2" Process ListQueues |
        grep -oE '\[[0-9]+,[0-9]+,"' | tr -d '["' | while IFS=, read -r gpu queue _; do
            [[ $words == *' queue='* ]] || echo "queue=$queue"
            [[ $words == *' gpu='* ]] || echo "gpu=$gpu"
        done | sort -u
}

# On what terms a process can run, but for those that are named: WORD...
__penstockctl_terms() {
    local key words=" $*"
    for key in priority weight deadline cost; do
        [[ $words == *" $key="* ]] || echo "$key="
    done
    [[ $words == *' class='* ]] || echo 'class=latency class=normal class=batch class=idle'
}

# The policies that the agent has: BUS.
__penstockctl_policies() {
    __penstockctl_ask "$1" \
        get-property org.penstock1 /org/penstock1 org.penstock1.Manager AvailablePolicies |
        grep -oE '\["[a-z0-9-]+","' | tr -d '[",'
}

# BUS ACTION WORD...
__penstockctl_policy() {
    case $2-$# in
        set-2) __penstockctl_policies "$1" ;;
        set-*) echo 'SettleSec= QuantumSec= AgingSec= Runners= Firm= Patience= Hard= GuardSec=' ;;
        explain-2) __penstockctl_pids "$1" ;;
        explain-*) __penstockctl_queues "$1" "${@:3}" ;;
    esac
}

__penstockctl_options() {
    case $1 in
        '') echo '--bus --version' ;;
        list | policy) echo '--json' ;;
        lease) echo '--target --min --wait --class --why --exclusive --insist --json' ;;
        preempt) echo '--for' ;;
        register) echo '--job --user' ;;
        resume) echo '--all' ;;
        tail) echo '--interval --count --json' ;;
        history) echo '--all --since --step --json' ;;
        trace) echo '--seconds' ;;
        doctor) echo '--json --sysroot --root' ;;
        calibrate) echo '--seconds --output --dry-run --json' ;;
        record) echo '--duration --interval --sysroot' ;;
        decode) echo '--json' ;;
        config) echo '--sysroot --json' ;;
    esac
    echo '-h --help'
}

# What may stand where no option does: BUS COMMAND WORD...
__penstockctl_words() {
    local bus=$1 command=$2 number=$(($# - 2))
    case $command-$number in
        -0)
            echo 'status list set register reset preempt resume policy lease reload tail history trace'
            echo 'dump doctor calibrate record decode config'
            ;;
        set-0 | register-0 | reset-0 | preempt-0 | resume-0) __penstockctl_pids "$bus" ;;
        set-* | register-*) __penstockctl_terms "${@:4}" ;;
        history-0) __penstockctl_series "$bus" ;;
        preempt-[12] | resume-[12]) __penstockctl_queues "$bus" "${@:3}" ;;
        decode-0) echo 'gpu-metrics pcie-bw kfd-topology fdinfo resctrl' ;;
        record-0 | trace-0 | decode-1) echo '<file>' ;;
        config-0) echo 'check show' ;;
        lease-0) echo 'acquire list' ;;
        lease-1) echo 'dram dram-read dram-write pcie-h2d pcie-d2h' ;;
        lease-[3-9]) echo '<file>' ;;
        policy-0) echo 'list show set explain' ;;
        policy-*) __penstockctl_policy "$bus" "${@:3}" ;;
    esac
}

# What an option takes: OPTION.
__penstockctl_values() {
    case $1 in
        --bus) echo 'system session' ;;
        --class) echo 'critical normal stream background' ;;
        --output) echo '<file>' ;;
        --sysroot | --root) echo '<folder>' ;;
    esac
}

__penstockctl_takes_value() {
    [[ $1 =~ ^--(bus|for|job|user|interval|count|since|step|sysroot|root|seconds|output|duration|target|min|wait|class|why)$ ]]
}

_penstockctl() {
    # Bash itself would split the words at = and :, which are in the middle of what is meant here.
    local line=${COMP_LINE:0:COMP_POINT} bus=${PENSTOCK_BUS:-} command='' option='' word
    local -a before rest=()
    read -ra before <<<"$line"
    local current=''
    [[ $line == *[[:blank:]] ]] || { current=${before[-1]} && unset 'before[-1]'; }
    for word in "${before[@]:1}"; do
        if [[ -n $option ]]; then
            [[ $option != --bus ]] || bus=$word
            option=''
        elif __penstockctl_takes_value "$word"; then
            option=$word
        elif [[ $word == --bus=* ]]; then
            bus=${word#*=}
        elif [[ $word == -* ]]; then
            continue
        elif [[ -z $command ]]; then
            command=$word
        else
            rest+=("$word")
        fi
    done
    __penstockctl_reply "$current" "$option" "$bus" "$command" "${rest[@]}"
}
# CURRENT OPTION BUS COMMAND WORD...
__penstockctl_reply() {
    local current=$1 option=$2 offer
    if [[ -z $option && $current == --*=* ]]; then
        option=${current%%=*} current=${current#*=}
    fi
    if [[ -n $option ]]; then
        offer=$(__penstockctl_values "$option")
    elif [[ $current == -* ]]; then
        offer=$(__penstockctl_options "$4")
    else
        offer=$(__penstockctl_words "${@:3}")
    fi
    COMPREPLY=()
    case $offer in
        '<file>') mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        '<folder>') mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$current") ;;
    esac
    # Outside of a completion, as in a test, there is nothing to tell.
    [[ $offer != '<'* ]] || compopt -o filenames 2>/dev/null
    [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
    # Of a word with = in it bash replaces only what follows; nothing may be left to follow.
    if [[ $COMP_WORDBREAKS == *=* && $current == *=* ]]; then
        mapfile -t COMPREPLY < <(printf '%s\n' "${COMPREPLY[@]#*=}" | grep .)
    fi
}

complete -F _penstockctl penstockctl
