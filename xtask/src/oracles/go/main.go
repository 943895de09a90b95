// Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
// The leading v, which advisories leave out, is put back.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/semver"
)

func withV(version string) string {
	if strings.HasPrefix(version, "v") {
		return version
	}
	return "v" + version
}

func main() {
	if len(os.Args) > 1 {
		info, _ := debug.ReadBuildInfo()
		for _, module := range info.Deps {
			fmt.Println(module.Path, module.Version)
		}
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\t")
		a, b = withV(a), withV(b)
		if !semver.IsValid(a) || !semver.IsValid(b) {
			fmt.Println("!")
			continue
		}
		fmt.Println(string("<=>"[semver.Compare(a, b)+1]))
	}
}
