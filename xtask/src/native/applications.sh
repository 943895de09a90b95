#!/bin/sh
# Run in the root file system: applications installed by each language's own tool, without a network.
set -eu

# A Python project, by pip.
mkdir -p /srv/source/python && cd /srv/source/python
cat > setup.py <<'END'
from setuptools import setup
setup(name="Ferry_Timetable", version="1.4.post2", py_modules=["ferry_timetable"])
END
echo 'HARBOR = "west"' > ferry_timetable.py
pip install --quiet --no-index --no-deps --no-build-isolation --break-system-packages \
  --root-user-action=ignore .

# An application with npm packages that need no others.
mkdir -p /srv/app && cd /srv/app
echo '{"name": "ferry-app", "version": "2.0.1", "private": true}' > package.json
modules=/usr/share/nodejs
npm install --offline --install-links --ignore-scripts --no-audit --no-fund --silent \
  "$modules/depd" "$modules/etag" "$modules/fresh" "$modules/ms" "$modules/vary"
# One is removed behind npm's back, and one changed.
rm -r node_modules/vary
sed -i 's/"version": *"[^"]*"/"version": "9.9.9"/' node_modules/fresh/package.json

# A gem.
mkdir -p /srv/source/ruby/lib && cd /srv/source/ruby
echo 'module Ferry; end' > lib/ferry.rb
cat > ferry.gemspec <<'END'
Gem::Specification.new do |s|
  s.name = "ferry-tide"
  s.version = "0.3.1.pre"
  s.summary = "Tides"
  s.authors = ["Ferry"]
  s.license = "MIT"
  s.files = ["lib/ferry.rb"]
end
END
gem build --quiet --silent ferry.gemspec
gem install --quiet --silent --local --no-document ferry-tide-0.3.1.pre.gem

# An R package.
mkdir -p /srv/source/r/ferrytide/R && cd /srv/source/r
cat > ferrytide/DESCRIPTION <<'END'
Package: ferrytide
Version: 0.2-5
Title: Tides
Description: Tides of a harbor.
Author: Ferry
Maintainer: Ferry <ferry@example.org>
License: MIT
END
echo 'export(tide)' > ferrytide/NAMESPACE
echo 'tide <- function() 3' > ferrytide/R/tide.R
R CMD INSTALL --no-docs --no-test-load ferrytide > /dev/null 2>&1

# A Go program with modules, which a folder serves as a proxy would.
serve() {
  mkdir -p "/srv/proxy/$1/@v" && cd "/srv/proxy/$1/@v"
  cp "/usr/share/gocode/src/$1/go.mod" "$2.mod"
  echo "{\"Version\": \"$2\"}" > "$2.info"
  python3 - "$1" "$2" <<'END'
import os, sys, zipfile
path, version = sys.argv[1:]
source = "/usr/share/gocode/src/" + path
with zipfile.ZipFile(version + ".zip", "w") as archive:
    for folder, _, names in os.walk(source):
        for name in names:
            file = os.path.join(folder, name)
            archive.write(file, f"{path}@{version}/{os.path.relpath(file, source)}")
END
}
serve github.com/mattn/go-isatty v0.0.17
# The version that the one above names.
serve golang.org/x/sys v0.0.0-20220811171246-fbc7d0a398ab
mkdir -p /srv/source/go && cd /srv/source/go
cat > go.mod <<'END'
module example.org/ferry

go 1.19

require github.com/mattn/go-isatty v0.0.17
END
cat > main.go <<'END'
package main

import "github.com/mattn/go-isatty"

func main() { println(isatty.IsTerminal(1)) }
END
export CGO_ENABLED=0 GOFLAGS=-mod=mod GOPROXY=file:///srv/proxy GOSUMDB=off GOCACHE=/tmp/go GOPATH=/tmp/gopath
go build -o /usr/local/bin/ferry .
chmod -R u+w /tmp/go /tmp/gopath
rm -r /tmp/go /tmp/gopath
