# SPDX-License-Identifier: Apache-2.0
"""Checks values against a JSON schema, as far as Penstock's schemas use the language.

A keyword that is not known here is refused, so that no part of a schema goes unchecked.
"""

ANNOTATIONS = {'$schema', '$id', '$defs', 'title', 'description'}
TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None),
         'integer': int, 'number': (int, float)}


def is_of(value, name):
    """JSON keeps truth apart from numbers; Python does not."""
    if isinstance(value, bool):
        return name == 'boolean'
    return isinstance(value, TYPES[name])


class Schema:
    def __init__(self, whole):
        self.whole = whole

    def complaints(self, value, schema=None, at='$'):
        """One sentence for each thing that is wrong."""
        schema = self.whole if schema is None else schema
        for keyword, bound in schema.items():
            if keyword not in ANNOTATIONS:
                check = getattr(self, 'check_' + keyword.strip('$'), None)
                if check is None:
                    raise ValueError(f'{at}: the keyword {keyword} can not be checked')
                yield from check(value, bound, schema, at)

    def check_ref(self, value, target, _schema, at):
        found = self.whole
        for name in target.removeprefix('#/').split('/'):
            found = found[name]
        yield from self.complaints(value, found, at)

    def check_oneOf(self, value, alternatives, _schema, at):
        found = [list(self.complaints(value, each, at)) for each in alternatives]
        if sum(not complaints for complaints in found) != 1:
            # Those of the alternative that was most likely meant.
            yield from min(found, key=len) or [f'{at}: {value!r} is more than one of those']

    def check_type(self, value, names, _schema, at):
        names = [names] if isinstance(names, str) else names
        if not any(is_of(value, name) for name in names):
            yield f'{at}: {value!r} is not of type {" or ".join(names)}'

    def check_enum(self, value, allowed, _schema, at):
        if value not in allowed:
            yield f'{at}: {value!r} is not one of {allowed}'

    def check_minimum(self, value, least, _schema, at):
        if is_of(value, 'number') and value < least:
            yield f'{at}: {value} is less than {least}'

    def check_maximum(self, value, most, _schema, at):
        if is_of(value, 'number') and value > most:
            yield f'{at}: {value} is more than {most}'

    def check_items(self, value, each, _schema, at):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.complaints(item, each, f'{at}[{index}]')

    def check_properties(self, value, properties, _schema, at):
        if isinstance(value, dict):
            for name, each in properties.items():
                if name in value:
                    yield from self.complaints(value[name], each, f'{at}.{name}')

    def check_required(self, value, names, _schema, at):
        if isinstance(value, dict):
            yield from (f'{at}: {name} is missing' for name in names if name not in value)

    def check_additionalProperties(self, value, rest, schema, at):
        if isinstance(value, dict):
            for name in value.keys() - schema.get('properties', {}).keys():
                if rest is False:
                    yield f'{at}.{name}: the schema does not know this field'
                else:
                    yield from self.complaints(value[name], rest, f'{at}.{name}')

    def undescribed(self):
        """Paths of fields about which the schema says nothing to a person."""
        def walk(schema, at):
            for name, each in schema.get('properties', {}).items():
                if not each.get('description'):
                    yield f'{at}.{name}'
                yield from walk(each, f'{at}.{name}')
        yield from walk(self.whole, '$')
        for name, each in self.whole['$defs'].items():
            yield from walk(each, name)
