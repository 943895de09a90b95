//! The secrets that were planted in the image langmix-mini, layer by layer, and its decoys.

use flate2::read::GzDecoder;
use lazaret_check::secret::{Scanner, SecretConfig, scan_file, scan_history, scan_setting, wants};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The image, where the shared corpus is beside the checkout.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn langmix() -> Option<PathBuf> {
    const IMAGE: &str = "/../../../shared/corpus/images/oci/langmix-mini";
    let path = PathBuf::from([env!("CARGO_MANIFEST_DIR"), IMAGE].concat());
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: the shared corpus is not beside this checkout");
    None
}

fn blob(image: &Path, descriptor: &Value) -> PathBuf {
    let digest = descriptor["digest"].as_str().unwrap();
    image.join("blobs").join(digest.replace(':', "/"))
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn manifest(image: &Path) -> Value {
    json(&blob(image, &json(&image.join("index.json"))["manifests"][0]))
}

/// What is found in each file of each layer: rules by path, and how many files were read.
fn found_in_layers(image: &Path) -> (BTreeMap<String, Vec<String>>, usize) {
    let mut found = BTreeMap::new();
    let mut count = 0;
    for layer in manifest(image)["layers"].as_array().unwrap() {
        let file = File::open(blob(image, layer)).unwrap();
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let path = path.trim_start_matches("./").to_owned();
            if !entry.header().entry_type().is_file() || !wants(&path, entry.size()) {
                continue;
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            count += 1;
            let scan = scan_file(Scanner::builtin(), &path, &bytes);
            assert_eq!(scan.unread, [], "{path}");
            let rules = scan.hits.into_iter().map(|hit| hit.rule);
            found.entry(path).or_insert_with(Vec::new).extend(rules);
        }
    }
    found.retain(|_, rules| !rules.is_empty());
    (found, count)
}

/// The paths are those of the corpus' own list of what was planted, the decoys those of its README;
/// the rules are ours for the kinds it names.
#[test]
fn what_was_planted_in_langmix_is_found_and_nothing_else() {
    let Some(image) = langmix() else { return };
    let expected: BTreeMap<String, Vec<String>> = [
        (
            "app/.env",
            &["github-pat", "slack-bot-token", "stripe-secret-key", "postgres-url-password"][..],
        ),
        ("app/.npmrc", &["npm-access-token"]),
        ("etc/app/jwt.txt", &["jwt"]),
        ("opt/legacy/cache/token.txt", &["gitlab-pat"]),
        ("opt/legacy/config/gcp.json", &["gcp-service-account"]),
        ("opt/legacy/config/settings.py", &["django-secret-key"]),
        ("root/.aws/credentials", &["aws-access-key-id", "aws-secret-access-key"]),
        ("root/.ssh/id_ed25519", &["private-key"]),
        ("root/.ssh/id_rsa", &["private-key"]),
    ]
    .into_iter()
    .map(|(path, rules)| (path.to_owned(), rules.iter().map(|rule| (*rule).to_owned()).collect()))
    .collect();
    let (found, count) = found_in_layers(&image);
    assert!(count > 400, "only {count} files were read");
    assert_eq!(found, expected);

    let list = json(&image.with_extension("planted.json"));
    for planted in list.as_array().unwrap() {
        let path = planted["path"].as_str().unwrap();
        if let Some(path) = path.strip_prefix('/') {
            assert!(found.contains_key(path), "{path}");
        }
    }
}

#[test]
fn settings_and_history_of_langmix_give_their_secrets_away() {
    let Some(image) = langmix() else { return };
    let config = json(&blob(&image, &manifest(&image)["config"]));
    let scanner = Scanner::builtin();
    let mut settings = Vec::new();
    for setting in config["config"]["Env"].as_array().unwrap() {
        let (name, value) = setting.as_str().unwrap().split_once('=').unwrap();
        let hits = scan_setting(scanner, name, value);
        settings.extend(hits.into_iter().map(|hit| (name.to_owned(), hit.rule)));
    }
    let expected =
        [("DB_PASSWORD", "secret-setting"), ("AWS_SECRET_ACCESS_KEY", "aws-secret-access-key")];
    assert_eq!(settings, expected.map(|(name, rule)| (name.to_owned(), rule.to_owned())));

    let mut history = Vec::new();
    for step in config["history"].as_array().unwrap() {
        let created_by = step["created_by"].as_str().unwrap();
        history.extend(scan_history(scanner, created_by).into_iter().map(|hit| hit.rule));
    }
    assert_eq!(history, ["secret-setting", "aws-secret-access-key", "github-pat"]);
}

/// The same ground without the corpus; values are random and cut in two here.
#[test]
fn an_application_folder_gives_what_is_in_it() {
    let env = [
        "NODE_ENV=production\nGITHUB_TOKEN=ghp",
        "_l1kEqDEoq9NxmC1e0n9LalSeF3SyYXFRYCbs\n",
        "DATABASE_URL=postgres://app:WMgaKe",
        "pQQrFCLi@db.internal:5432/app\n",
        "SESSION_SECRET=winter-",
        "is-coming\nLOG_LEVEL=info\n",
    ]
    .concat();
    for (path, text, expected) in [
        (
            "app/.env",
            env.as_str(),
            &[
                ("github-pat", 2, "ghp_********"),
                ("postgres-url-password", 3, "********"),
                ("dotenv-secret", 4, "********"),
            ][..],
        ),
        ("app/.env.example", "PASSWORD=changeme\nTOKEN=your-token-here\n", &[]),
        ("app/config.yml", "password: ${DB_PASSWORD}\ntoken: <token>\n", &[]),
        ("usr/share/doc/awscli/README", "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", &[]),
        ("app/key.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBRtmtNSZsGJ6F8lXq0 a@b\n", &[]),
    ] {
        let scan = scan_file(Scanner::builtin(), path, text.as_bytes());
        let found: Vec<(&str, u32, &str)> = scan
            .hits
            .iter()
            .map(|hit| (hit.rule.as_str(), hit.lines.unwrap().start, hit.stub.as_str()))
            .collect();
        assert_eq!(found, expected, "{path}");
    }
}

/// Documentation is full of tokens that were never any, unless a user asks for it.
#[test]
fn what_no_rule_looks_at_is_passed_over() {
    let builtin = Scanner::builtin();
    let text = ["token: ghp", "_l1kEqDEoq9NxmC1e0n9LalSeF3SyYXFRYCbs\n"].concat();
    let asked = SecretConfig::parse("trivy-secret.yaml", b"disable-allow-rules: [markdown]\n")
        .and_then(SecretConfig::into_scanner)
        .unwrap();
    for (path, is_passed_over) in [
        ("usr/share/doc/x/README", true),
        ("app/docs/x.yml", true),
        ("usr/lib/python3/dist-packages/a/README.md", true),
        ("app/README", false),
        ("usr/lib/python3/dist-packages/a/b.py", false),
        ("app/.env", false),
    ] {
        assert_eq!(builtin.passes_over(path), is_passed_over, "{path}");
        let scan = scan_file(builtin, path, text.as_bytes());
        assert_eq!(scan.hits.is_empty(), is_passed_over, "{path}");
        assert!(!asked.passes_over(path), "{path}");
        assert_eq!(scan_file(&asked, path, text.as_bytes()).hits.len(), 1, "{path}");
    }
    // Python reads what it compiled of a source only beside it.
    assert!(builtin.passes_over("usr/lib/python3/dist-packages/a/__pycache__/b.cpython-311.pyc"));
    assert!(!builtin.passes_over("usr/lib/python3/dist-packages/a/b.pyc"));
    assert!(!builtin.passes_over("app/__pycache__/settings.cpython-311.pyc"));
}
