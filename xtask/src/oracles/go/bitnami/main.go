// Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/bitnami/go-version/pkg/version"
)

func main() {
	if len(os.Args) > 1 {
		info, _ := debug.ReadBuildInfo()
		for _, module := range info.Deps {
			if module.Path == "github.com/bitnami/go-version" {
				fmt.Println(module.Path, module.Version)
			}
		}
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		left, right, _ := strings.Cut(lines.Text(), "\t")
		a, errA := version.Parse(left)
		b, errB := version.Parse(right)
		if errA != nil || errB != nil {
			fmt.Println("!")
			continue
		}
		fmt.Println(string("<=>"[a.Compare(b)+1]))
	}
}
