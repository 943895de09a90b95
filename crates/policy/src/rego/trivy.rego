# What ignore policies written for Trivy import as data.lib.trivy. Names and words are those its
# documentation gives; the metrics are those of CVSS 3
# (https://www.first.org/cvss/v3.1/specification-document).
package lib.trivy

import rego.v1

# The base metrics of a CVSS 3 vector by name and in words. A vector in which one of them is missing,
# or has a value there is not, has no answer.
parse_cvss_vector_v3(vector) := {metric.name: metric.words[given[letters]] |
	some letters, metric in metrics
} if {
	parts := split(vector, "/")
	given := {pair[0]: pair[1] |
		some part in array.slice(parts, 1, count(parts))
		pair := split(part, ":")
		count(pair) == 2
	}
	every letters, metric in metrics {
		metric.words[given[letters]]
	}
}

impact := {"N": "None", "L": "Low", "H": "High"}

metrics := {
	"AV": {
		"name": "AttackVector",
		"words": {"N": "Network", "A": "Adjacent", "L": "Local", "P": "Physical"},
	},
	"AC": {"name": "AttackComplexity", "words": {"L": "Low", "H": "High"}},
	"PR": {"name": "PrivilegesRequired", "words": {"N": "None", "L": "Low", "H": "High"}},
	"UI": {"name": "UserInteraction", "words": {"N": "None", "R": "Required"}},
	"S": {"name": "Scope", "words": {"U": "Unchanged", "C": "Changed"}},
	"C": {"name": "Confidentiality", "words": impact},
	"I": {"name": "Integrity", "words": impact},
	"A": {"name": "Availability", "words": impact},
}
