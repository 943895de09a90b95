//! The reference registry (`docker-registry`), and Skopeo to push into it.

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Who may use a registry with a password.
pub const USERNAME: &str = "ann";
/// The password, with a colon: in `name:password` only the first one separates.
pub const PASSWORD: &str = "s3cret:pass";

/// A running registry on 127.0.0.1, which ends when it is dropped.
pub struct Registry {
    /// Host and port.
    pub address: String,
    folder: TempDir,
    child: Child,
    with_password: bool,
}

/// How a registry is to be run.
#[derive(Clone, Copy, Default)]
pub struct Setup {
    /// Whether it wants [`USERNAME`] and [`PASSWORD`].
    pub password: bool,
    /// Whether it speaks HTTPS, with a certificate of its own authority.
    pub tls: bool,
}

/// Whether the programs are there; if not, says so.
#[expect(clippy::print_stdout, reason = "who reads the output should know what was skipped")]
fn installed(programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs
        .iter()
        .filter(|program| {
            let mut command = Command::new(program);
            let command = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_err()
        })
        .collect();
    if !missing.is_empty() {
        println!("skipped, not installed: {missing:?}");
    }
    missing.is_empty()
}

impl Registry {
    /// Starts a registry, if there is one on this machine.
    pub fn start(setup: Setup) -> Option<Self> {
        let mut needed = vec!["docker-registry", "skopeo"];
        needed.extend(setup.password.then_some("htpasswd"));
        needed.extend(setup.tls.then_some("openssl"));
        if !installed(&needed) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // The port is free now, and nobody else is likely to take it within milliseconds.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http:\n  addr: {address}\n",
            folder.path().join("data").display()
        );
        if setup.tls {
            make_certificates(folder.path());
            writeln!(
                config,
                "  tls: {{certificate: {0}/server.pem, key: {0}/server.key}}",
                folder.path().display()
            )
            .unwrap();
        }
        if setup.password {
            let line =
                Command::new("htpasswd").args(["-Bbn", USERNAME, PASSWORD]).output().unwrap();
            let path = folder.path().join("htpasswd");
            fs::write(&path, line.stdout).unwrap();
            writeln!(config, "auth: {{htpasswd: {{realm: test, path: {}}}}}", path.display())
                .unwrap();
        }
        let config_path = folder.path().join("config.yml");
        fs::write(&config_path, config).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&config_path)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let registry = Self { address, folder, child, with_password: setup.password };
        let begin = Instant::now();
        while TcpStream::connect(&registry.address).is_err() {
            let log = fs::read_to_string(registry.folder.path().join("log")).unwrap();
            assert!(begin.elapsed() < Duration::from_secs(20), "the registry did not start: {log}");
            thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    /// The certificate of the authority that vouches for the registry.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Pushes what an OCI layout holds under a name such as `app:1`: every platform, and no other
    /// bytes than those in the layout. `image` is the name in the layout; without one it is the
    /// only image there. `extra` are further options of `skopeo copy`.
    pub fn push(&self, layout: &Path, image: Option<&str>, name: &str, extra: &[&str]) {
        let mut command = Command::new("skopeo");
        command.args(["--insecure-policy", "copy", "--quiet", "--all", "--dest-tls-verify=false"]);
        if self.with_password {
            command.arg(format!("--dest-creds={USERNAME}:{PASSWORD}"));
        }
        command.args(extra);
        let image = image.map(|image| format!(":{image}")).unwrap_or_default();
        command.arg(format!("oci:{}{image}", layout.display()));
        command.arg(format!("docker://{}/{name}", self.address));
        let output = command.output().expect("skopeo is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Deletes the blob with this digest behind the registry's back.
    pub fn lose(&self, digest: &str) {
        let hex = digest.strip_prefix("sha256:").expect("the registry stores by SHA-256");
        let blobs = self.folder.path().join("data/docker/registry/v2/blobs/sha256");
        fs::remove_file(blobs.join(&hex[..2]).join(hex).join("data")).expect("the blob is there");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An authority, and a certificate of it for 127.0.0.1.
fn make_certificates(folder: &Path) {
    let openssl = |args: &[&str]| {
        let output = Command::new("openssl").args(args).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let authority = [
        "-x509",
        "-subj",
        "/CN=test authority",
        "-days",
        "2",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ];
    openssl(&[&["req"][..], &key, &authority].concat());
    let request = ["-subj", "/CN=registry", "-keyout", "server.key", "-out", "server.csr"];
    openssl(&[&["req"][..], &key, &request].concat());
    fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "names",
        "-out",
        "server.pem",
    ]);
}
