// Runs each template of the file on standard input with Go's text/template, Sprig and the functions
// that Trivy adds, and writes the file again with what came of it: `output`, or `fails` where it is
// no template or stops.
package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

type layer struct {
	Size      int64
	Digest    string
	DiffID    string
	CreatedBy string
}

type identifier struct{ UID, PURL, BOMRef string }

type cvss struct {
	V2Vector, V3Vector, V40Vector string
	V2Score, V3Score, V40Score    float64
}

type dataSource struct{ ID, BaseID, Name, URL string }

type Vulnerability struct {
	Title, Description, Severity    string
	CweIDs                          []string
	VendorSeverity                  map[string]int
	CVSS                            map[string]cvss
	References                      []string
	PublishedDate, LastModifiedDate *time.Time
	Custom                          any
}

type detected struct {
	VulnerabilityID  string
	VendorIDs        []string
	PkgID            string
	PkgName          string
	PkgPath          string
	PkgIdentifier    identifier
	InstalledVersion string
	FixedVersion     string
	Status           string
	Layer            layer
	SeveritySource   string
	PrimaryURL       string
	DataSource       *dataSource
	Fingerprint      string
	Vulnerability
}

type line struct {
	Number                int
	Content               string
	IsCause               bool
	Annotation            string
	Truncated             bool
	Highlighted           string
	FirstCause, LastCause bool
}

type code struct{ Lines []line }

type cause struct {
	Resource, Provider, Service string
	StartLine, EndLine          int
	Code                        code
	Occurrences                 []any
}

type misconfiguration struct {
	Type, ID, AVDID, Title, Description, Message, Namespace, Query, Resolution string
	Severity, PrimaryURL                                                       string
	References                                                                 []string
	Status                                                                     string
	Layer                                                                      layer
	CauseMetadata                                                              cause
	Traces                                                                     []string
}

type secret struct {
	RuleID, Category, Severity, Title string
	StartLine, EndLine                int
	Code                              code
	Match                             string
	Layer                             layer
}

type license struct {
	Severity, Category, PkgName, FilePath, Name, Text string
	Confidence                                        float64
	Link                                              string
}

type summary struct{ Successes, Failures int }

type result struct {
	Target            string
	Class             string
	Type              string
	Packages          []any
	Vulnerabilities   []detected
	MisconfSummary    *summary
	Misconfigurations []misconfiguration
	Secrets           []secret
	Licenses          []license
	CustomResources   []any
}

type question struct {
	Data     string  `json:"data,omitempty"`
	Template string  `json:"template"`
	Output   *string `json:"output,omitempty"`
	Fails    bool    `json:"fails,omitempty"`
}

type file struct {
	Data  map[string]json.RawMessage `json:"data"`
	Cases []question                 `json:"cases"`
}

func functions() template.FuncMap {
	known := sprig.GenericFuncMap()
	known["escapeXML"] = func(input string) (string, error) {
		var escaped bytes.Buffer
		err := xml.EscapeText(&escaped, []byte(input))
		return escaped.String(), err
	}
	known["escapeString"] = html.EscapeString
	known["endWithPeriod"] = func(input string) string {
		return strings.TrimSuffix(input, ".") + "."
	}
	known["sourceID"] = func(input string) string { return input }
	known["appVersion"] = func() string { return "dev" }
	known["now"] = func() time.Time { return time.Date(2024, 2, 13, 8, 5, 9, 120_000_000, time.UTC) }
	return known
}

func answer(asked question, data map[string]json.RawMessage) (string, error) {
	parsed, err := template.New("case").Funcs(functions()).Parse(asked.Template)
	if err != nil {
		return "", err
	}
	var given any
	if asked.Data == "results" {
		var results []result
		err = json.Unmarshal(data[asked.Data], &results)
		given = results
	} else if asked.Data != "" {
		err = json.Unmarshal(data[asked.Data], &given)
	}
	if err != nil {
		panic(err)
	}
	var written bytes.Buffer
	err = parsed.Execute(&written, given)
	return written.String(), err
}

func main() {
	if len(os.Args) > 1 {
		info, _ := debug.ReadBuildInfo()
		for _, module := range info.Deps {
			if strings.HasSuffix(module.Path, "sprig/v3") {
				fmt.Println(runtime.Version(), "with Sprig", module.Version)
			}
		}
		return
	}
	time.Local = time.UTC
	var all file
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	for at := range all.Cases {
		asked := &all.Cases[at]
		written, err := answer(*asked, all.Data)
		if err != nil {
			asked.Fails = true
			fmt.Fprintln(os.Stderr, asked.Template, "→", err)
		} else {
			asked.Output = &written
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	out.SetEscapeHTML(false)
	if err := out.Encode(all); err != nil {
		panic(err)
	}
}
