# What ignore policies written for Trivy import as data.lib.trivy, with the name and the words its
# documentation gives.
package lib.trivy

import rego.v1

# The base metrics of a CVSS 3 vector, by name and in words; undefined where it is none.
parse_cvss_vector_v3(vector) := lazaret.cvss_v3(vector)
