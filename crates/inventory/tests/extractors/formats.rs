//! What other scanners read, against the table: each of their formats has its extractor, or is left
//! out for a reason.

use lazaret_core::extract::Select;
use lazaret_inventory::{EXTRACTORS, LEFT_OUT, Selection};

/// A file as each format has it, and the extractor that is to want it: what Trivy 0.6x, Syft 1.x
/// and OSV-SCALIBR list in their documentation, operating systems first.
const READ: &[(&str, &str)] = &[
    ("lib/apk/db/installed", "apk/installed"),
    ("usr/lib/apk/db/installed", "apk/installed"),
    ("var/lib/dpkg/status", "dpkg/status"),
    ("var/lib/dpkg/status.d/base-files", "dpkg/status.d"),
    ("var/lib/dpkg/status.d/base-files.md5sums", "dpkg/md5sums"),
    ("var/lib/dpkg/info/bash.list", "dpkg/list"),
    ("usr/share/doc/bash/copyright", "dpkg/copyright"),
    ("var/lib/chisel/manifest.wall", "chisel/manifest"),
    ("var/lib/rpm/Packages", "rpm/bdb"),
    ("var/lib/rpm/Packages.db", "rpm/ndb"),
    ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm/sqlite"),
    ("usr/share/rpm/rpmdb.sqlite", "rpm/sqlite"),
    ("var/lib/rpmmanifest/container-manifest-2", "rpm/manifest"),
    ("srv/bash-5.1-2.el9.x86_64.rpm", "rpm/file"),
    ("srv/bash_5.2_amd64.deb", "dpkg/deb"),
    ("var/lib/pacman/local/bash-5.2-1/desc", "alpm/desc"),
    ("var/db/pkg/app-shells/bash-5.2/CONTENTS", "ebuild/contents"),
    ("usr/lib/opkg/status", "opkg/status"),
    ("snap/core/1/meta/snap.yaml", "snap/snap-yaml"),
    ("usr/share/metainfo/org.example.App.metainfo.xml", "flatpak/metainfo"),
    ("home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json", "homebrew/receipt"),
    ("etc/cos-package-info.json", "cos/package-info"),
    ("usr/share/bottlerocket/application-inventory.json", "bottlerocket/inventory"),
    ("boot/vmlinuz-6.1.0-18-amd64", "kernel/image"),
    ("lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz", "kernel/module"),
    ("app/Gemfile.lock", "ruby/gemfile-lock"),
    ("usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", "ruby/gemspec"),
    ("app/Cargo.lock", "rust/cargo-lock"),
    ("app/composer.lock", "php/composer-lock"),
    ("app/vendor/composer/installed.json", "php/installed"),
    ("app/vendor/composer/installed.php", "php/installed-php"),
    ("usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg", "php/pear"),
    ("app/package-lock.json", "npm/package-lock"),
    ("app/npm-shrinkwrap.json", "npm/package-lock"),
    ("app/yarn.lock", "npm/yarn-lock"),
    ("app/pnpm-lock.yaml", "npm/pnpm-lock"),
    ("app/bun.lock", "npm/bun-lock"),
    ("app/deno.json", "npm/deno-json"),
    ("app/deno.lock", "npm/deno-lock"),
    ("app/node_modules/a/package.json", "npm/package-json"),
    ("app/packages.lock.json", "dotnet/packages-lock"),
    ("app/packages.config", "dotnet/packages-config"),
    ("app/App.deps.json", "dotnet/deps-json"),
    ("app/Directory.Packages.props", "dotnet/packages-props"),
    ("app/App.csproj", "dotnet/project"),
    ("app/obj/project.assets.json", "dotnet/project-assets"),
    ("app/paket.lock", "dotnet/paket-lock"),
    ("app/Newtonsoft.Json.dll", "dotnet/assembly"),
    ("app/requirements.txt", "python/requirements"),
    ("app/Pipfile.lock", "python/pipfile-lock"),
    ("app/poetry.lock", "python/poetry-lock"),
    ("app/uv.lock", "python/uv-lock"),
    ("app/pdm.lock", "python/pdm-lock"),
    ("app/pylock.toml", "python/pylock"),
    ("app/setup.py", "python/setup-py"),
    ("usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA", "python/dist-info"),
    ("usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO", "python/dist-info"),
    ("opt/conda/conda-meta/zlib-1.2.13-h5eee18b_0.json", "conda/meta"),
    ("app/environment.yml", "conda/environment"),
    ("app/app.jar", "java/archive"),
    ("app/app.war", "java/archive"),
    ("app/app.ear", "java/archive"),
    ("app/app.par", "java/archive"),
    ("opt/jdk/jmods/java.base.jmod", "java/archive"),
    ("opt/jdk/release", "java/jvm"),
    ("app/pom.xml", "java/pom"),
    ("app/gradle.lockfile", "java/gradle-lock"),
    ("app/gradle/libs.versions.toml", "java/gradle-catalog"),
    ("app/gradle/verification-metadata.xml", "java/gradle-verification"),
    ("app/build.sbt.lock", "java/sbt-lock"),
    ("app/go.mod", "go/mod"),
    ("app/go.sum", "go/sum"),
    ("app/vendor/modules.txt", "go/vendor"),
    ("app/conan.lock", "cpp/conan-lock"),
    ("app/conanfile.txt", "cpp/conanfile"),
    ("root/.conan/data/zlib/1.3/_/_/package/0/conaninfo.txt", "cpp/conaninfo"),
    ("app/vcpkg.json", "cpp/vcpkg-manifest"),
    ("opt/vcpkg/installed/vcpkg/status", "cpp/vcpkg-status"),
    ("app/mix.lock", "erlang/mix-lock"),
    ("app/rebar.lock", "erlang/rebar-lock"),
    ("app/manifest.toml", "erlang/gleam-manifest"),
    ("usr/lib/erlang/lib/ssl-10.8/ebin/ssl.app", "erlang/app"),
    ("app/pubspec.lock", "dart/pubspec-lock"),
    ("root/.pub-cache/hosted/pub.dev/http-1.1.0/pubspec.yaml", "dart/pub-cache"),
    ("app/Package.resolved", "swift/package-resolved"),
    ("app/Podfile.lock", "swift/podfile-lock"),
    ("app/Cartfile.resolved", "swift/cartfile"),
    ("app/Manifest.toml", "julia/manifest"),
    ("app/cabal.project.freeze", "haskell/cabal-freeze"),
    ("app/stack.yaml.lock", "haskell/stack-lock"),
    ("root/.opam/4.14/.opam-switch/packages/dune.3.0/opam", "ocaml/installed"),
    ("app/app.opam.locked", "ocaml/locked"),
    ("usr/lib/R/site-library/R6/DESCRIPTION", "r/description"),
    ("app/renv.lock", "r/renv-lock"),
    ("usr/local/share/perl5/Try-Tiny/META.json", "perl/meta"),
    ("app/cpanfile.snapshot", "perl/snapshot"),
    ("usr/share/lua/5.1/rocks/a/1.0-1/a-1.0-1.rockspec", "lua/rockspec"),
    ("root/.nimble/pkgs2/jester-0.6.0-abc/jester.nimble", "nim/nimble"),
    ("usr/lib/swi-prolog/pack/a/pack.pl", "prolog/pack"),
    ("app/maven_install.json", "bazel/maven-install"),
    ("app/MODULE.bazel.lock", "bazel/module-lock"),
    ("app/.github/workflows/ci.yml", "github/uses"),
    ("app/.terraform.lock.hcl", "terraform/lock"),
    ("var/www/html/wp-content/plugins/akismet/akismet.php", "wordpress/header"),
    ("var/www/html/wp-includes/version.php", "binary/script"),
    ("root/.vscode/extensions/redhat.java-1.2.3/package.json", "vscode/extension"),
    ("srv/redhat.java-1.2.3.vsix", "vscode/vsix"),
    ("root/.config/chromium/Default/Extensions/abc/1.0_0/manifest.json", "chrome/extension"),
    ("app/.tool-versions", "tool/versions"),
    ("app/mise.toml", "tool/versions"),
    ("app/.nvmrc", "tool/versions"),
    ("models/llama.gguf", "model/gguf"),
    ("models/bert.safetensors", "model/safetensors"),
    ("opt/bitnami/nginx/.spdx-nginx.spdx", "sbom/spdx"),
    ("app/bom.json", "sbom/json"),
    ("app/app.cdx.json", "sbom/json"),
    ("app/app.spdx.json", "sbom/json"),
    ("app/bom.xml", "sbom/xml"),
    ("usr/lib/x86_64-linux-gnu/libssl.so.3", "binary/library"),
];

/// What is read of programs, which are found wherever they are.
const OF_PROGRAMS: &[&str] =
    &["binary/note", "binary/program", "go/binary", "java/native-image", "rust/auditable"];

#[test]
fn what_other_scanners_read_has_an_extractor() {
    let selection = Selection::new(EXTRACTORS);
    let missing: Vec<_> = READ.iter().filter(|(path, id)| !selection.wants_for(id, path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(selection.folder_extractors("nix/store/abc-bash-5.2").any(|e| e.id == "nix/store"));
    let of_programs: Vec<&str> = EXTRACTORS
        .iter()
        .filter(|extractor| extractor.selects.contains(&Select::Program))
        .map(|extractor| extractor.id)
        .collect();
    assert_eq!(of_programs, OF_PROGRAMS);
}

#[test]
fn the_readme_counts_formats_by_tens() {
    let words = match EXTRACTORS.len() / 10 {
        12 => "twenty",
        13 => "thirty",
        14 => "forty",
        15 => "fifty",
        16 => "sixty",
        17 => "seventy",
        other => panic!("{other} tens: how are they written?"),
    };
    let readme = include_str!("../../../../README.md");
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("A hundred and {words} formats");
    assert!(readme.contains(&said), "the table has {} formats", EXTRACTORS.len());
}

#[test]
fn what_is_left_out_is_not_read() {
    let selection = Selection::new(EXTRACTORS);
    for format in LEFT_OUT {
        for file in format.files {
            let wanted = EXTRACTORS
                .iter()
                .find(|e| !e.selects.contains(&Select::Program) && selection.wants_for(e.id, file));
            assert!(wanted.is_none(), "{}: {file} is read by {wanted:?}", format.title);
        }
    }
}

#[test]
fn what_is_left_out_is_sorted_and_says_why() {
    for pair in LEFT_OUT.windows(2) {
        let titles = pair.iter().map(|format| format.title.to_lowercase());
        assert!(titles.is_sorted(), "{} stands before {}", pair[0].title, pair[1].title);
    }
    for format in LEFT_OUT {
        assert!(!format.reason.is_empty() && !format.reason.ends_with('.'), "{}", format.title);
        // An extractor that is named as the one that serves instead is there.
        for name in format.reason.split('`').skip(1).step_by(2).filter(|name| name.contains('/')) {
            assert!(EXTRACTORS.iter().any(|extractor| extractor.id == name), "{name}");
        }
    }
}
