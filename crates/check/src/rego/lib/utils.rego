package lib.utils

import rego.v1

has_key(value, key) if _ = value[key]
