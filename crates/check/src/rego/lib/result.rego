package lib.result

import rego.v1

# What a rule found, and the value in which it found it: the value's lines are the hit's.
new(message, cause) := {"msg": message, "metadata": object.get(cause, "__defsec_metadata", cause)} if {
	is_object(cause)
} else := {"msg": message, "metadata": {}}

is_managed(_) := true
