//! Paths that mean something by themselves. All are inside an image: without a leading slash.

/// Folders whose files are run by root, or loaded into what root runs.
const PROGRAM_FOLDERS: [&str; 10] = [
    "bin/",
    "lib/",
    "lib64/",
    "sbin/",
    "usr/bin/",
    "usr/lib/",
    "usr/lib64/",
    "usr/local/bin/",
    "usr/local/sbin/",
    "usr/sbin/",
];

/// Folders that only root should be able to change.
const SYSTEM_FOLDERS: [&str; 18] = [
    "",
    "bin",
    "boot",
    "etc",
    "etc/cron.d",
    "etc/sudoers.d",
    "lib",
    "lib64",
    "root",
    "sbin",
    "usr",
    "usr/bin",
    "usr/lib",
    "usr/lib64",
    "usr/local",
    "usr/local/bin",
    "usr/local/sbin",
    "usr/sbin",
];

/// Whether only root should be able to change a folder.
pub(super) fn is_system_folder(path: &str) -> bool {
    SYSTEM_FOLDERS.contains(&path)
}

/// Whether a file lies right in a folder of programs or libraries.
pub(super) fn is_in_program_folder(path: &str) -> bool {
    PROGRAM_FOLDERS
        .iter()
        .any(|folder| path.strip_prefix(folder).is_some_and(|name| !name.contains('/')))
}

/// Whether a file is of note, whatever its mode.
pub(super) fn is_file_of_note(path: &str) -> bool {
    is_program_of_note(path)
        || is_account_file(path)
        || is_host_key(path)
        || is_cron(path)
        || is_credential(path)
        || is_clutter_file(path)
        || package_cache(path).is_some()
}

/// Whether a folder is of note, whatever its mode.
pub(super) fn is_folder_of_note(path: &str) -> bool {
    is_clutter_folder(path) || tool_cache(path).is_some() || is_cron_folder(path) || is_home(path)
}

/// Whether a path is a program that some rule asks for by name.
pub(super) fn is_program_of_note(path: &str) -> bool {
    is_shell(path) || is_package_manager(path) || is_sudo(path)
}

/// The name of a program in a folder of programs.
fn program(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    matches!(folder, "bin" | "sbin" | "usr/bin" | "usr/sbin" | "usr/local/bin" | "usr/local/sbin")
        .then_some(name)
}

/// A shell that a person can work in.
pub(super) fn is_shell(path: &str) -> bool {
    matches!(program(path), Some("sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "busybox"))
}

/// A package manager.
pub(super) fn is_package_manager(path: &str) -> bool {
    let managers = ["apt-get", "dpkg", "apk", "dnf", "microdnf", "yum", "tdnf", "zypper", "pacman"];
    program(path).is_some_and(|name| managers.contains(&name) || name == "rpm" || name == "opkg")
}

/// A program that makes whoever runs it root.
pub(super) fn is_sudo(path: &str) -> bool {
    matches!(program(path), Some("sudo" | "doas"))
}

/// The files accounts and groups are in, and their backups.
pub(super) fn is_account_file(path: &str) -> bool {
    is_secret_account_file(path)
        || matches!(path, "etc/passwd" | "etc/passwd-" | "etc/group" | "etc/group-")
}

/// The files passwords are in, and their backups.
pub(super) fn is_secret_account_file(path: &str) -> bool {
    matches!(path, "etc/shadow" | "etc/shadow-" | "etc/gshadow" | "etc/gshadow-")
}

/// The private key of an SSH server.
pub(super) fn is_host_key(path: &str) -> bool {
    path.strip_prefix("etc/ssh/ssh_host_")
        .is_some_and(|name| name.ends_with("key") && !name.contains('/'))
}

/// What cron runs, and as whom.
pub(super) fn is_cron(path: &str) -> bool {
    path == "etc/crontab" || path.rsplit_once('/').is_some_and(|(folder, _)| is_cron_folder(folder))
}

/// A folder whose files cron runs, or reads.
pub(super) fn is_cron_folder(path: &str) -> bool {
    matches!(
        path,
        "etc/cron.d"
            | "etc/cron.hourly"
            | "etc/cron.daily"
            | "etc/cron.weekly"
            | "etc/cron.monthly"
            | "etc/crontabs"
            | "var/spool/cron"
            | "var/spool/cron/crontabs"
    )
}

/// A folder where a person's files are, by its place.
pub(super) fn is_home(path: &str) -> bool {
    path == "root" || path.strip_prefix("home/").is_some_and(|name| !name.contains('/'))
}

/// Names of files that hold nothing but credentials.
const CREDENTIAL_NAMES: [&str; 22] = [
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".vault-token",
    "carrierwave.rb",
    "credential",
    "credential.json",
    "credentials",
    "credentials.json",
    "credentials.xml",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "kubeconfig",
    "omniauth.rb",
    "password.txt",
    "secret_token.rb",
    "terraform.tfstate",
];

/// Endings of paths to files that hold credentials beside other things.
const CREDENTIAL_ENDINGS: [&str; 14] = [
    "/.config/gcloud/application_default_credentials.json",
    "/.docker/config.json",
    "/.kube/config",
    "/.azure/accessTokens.json",
    ".agilekeychain",
    ".bek",
    ".fve",
    ".jks",
    ".keychain",
    ".ovpn",
    ".private_key",
    ".psafe3",
    ".rdp",
    ".tpm",
];

/// Folders of other people's software: what is in them came with a package, examples included.
const LIBRARY_FOLDERS: [&str; 5] =
    ["/dist-packages/", "/gems/", "/node_modules/", "/site-packages/", "/vendor/"];

fn is_of_a_library(path: &str) -> bool {
    path.starts_with("usr/share/")
        || path.starts_with("usr/lib/")
        || LIBRARY_FOLDERS.iter().any(|folder| path.contains(folder))
        || path.starts_with("node_modules/")
}

/// A file that holds credentials, by its name.
pub(super) fn is_credential(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    (CREDENTIAL_NAMES.contains(&name)
        || CREDENTIAL_ENDINGS.iter().any(|ending| path.ends_with(ending)))
        && !is_of_a_library(path)
}

/// A file that helps to build or edit, and not to run.
pub(super) fn is_clutter_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "Dockerfile"
            | "Containerfile"
            | "docker-compose.yml"
            | "docker-compose.yaml"
            | "compose.yaml"
            | "compose.yml"
            | ".vimrc"
            | ".bash_history"
            | ".ash_history"
            | ".python_history"
            | ".node_repl_history"
    ) && !is_of_a_library(path)
}

/// A folder that helps to build or edit, and not to run.
pub(super) fn is_clutter_folder(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, ".git" | ".svn" | ".hg" | ".vscode" | ".idea") && !is_of_a_library(path)
}

/// The package manager whose cache a file is in, told from the files that it always has.
pub(super) fn package_cache(path: &str) -> Option<&'static str> {
    let (folder, name) = path.rsplit_once('/')?;
    let is_list = name.ends_with("_Packages")
        || name.contains("_Packages.")
        || name.ends_with("_InRelease")
        || name.ends_with("_Release");
    match folder {
        "var/lib/apt/lists" if is_list => Some("apt"),
        "var/cache/apt/archives" if name.strip_suffix(".deb").is_some() => Some("apt"),
        "var/cache/apt" if name.ends_with("pkgcache.bin") => Some("apt"),
        "var/cache/apk" | "etc/apk/cache" if name.starts_with("APKINDEX.") => Some("apk"),
        "var/cache/pacman/pkg" if name.contains(".pkg.tar") => Some("pacman"),
        _ if name != "repomd.xml" && name.strip_suffix(".solv").is_none() => None,
        _ if folder.starts_with("var/cache/dnf") || folder.starts_with("var/cache/libdnf5") => {
            Some("dnf")
        }
        _ if folder.starts_with("var/cache/yum") => Some("yum"),
        _ if folder.starts_with("var/cache/zypp") => Some("zypper"),
        _ if folder.starts_with("var/cache/tdnf") => Some("tdnf"),
        _ => None,
    }
}

/// Caches of build tools: how the folder's path ends, and whose it is.
const TOOL_CACHES: [(&str, &str); 12] = [
    (".cache/pip", "pip"),
    (".cache/uv", "uv"),
    (".cache/pypoetry", "poetry"),
    (".npm/_cacache", "npm"),
    (".cache/yarn", "yarn"),
    (".cache/composer", "composer"),
    (".composer/cache", "composer"),
    (".cache/go-build", "go"),
    (".cargo/registry", "cargo"),
    ("cargo/registry", "cargo"),
    (".gradle/caches", "gradle"),
    (".m2/repository", "maven"),
];

/// The build tool whose cache a folder is.
pub(super) fn tool_cache(path: &str) -> Option<&'static str> {
    let is_at_end = |ending: &str| {
        path.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    TOOL_CACHES.iter().find(|(ending, _)| is_at_end(ending)).map(|(_, tool)| *tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_librarys_own_examples_are_not_the_images() {
        assert!(is_credential("root/.aws/credentials") && is_credential("app/id_rsa"));
        assert!(!is_credential("usr/share/doc/aws/credentials"));
        assert!(!is_credential("app/node_modules/x/test/id_rsa"));
        assert!(is_clutter_file("app/Dockerfile") && is_clutter_folder(".git"));
        assert!(!is_clutter_file("app/node_modules/x/Dockerfile"));
    }

    #[test]
    fn caches_are_known_by_what_is_always_in_them() {
        let lists = "var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_";
        for (path, manager) in [
            (format!("{lists}Packages.lz4"), Some("apt")),
            ("var/lib/apt/lists/lock".to_owned(), None),
            ("var/lib/apt/lists/partial".to_owned(), None),
            ("var/cache/apk/APKINDEX.066df28d.tar.gz".to_owned(), Some("apk")),
            ("var/cache/dnf/baseos-6bf8/repodata/repomd.xml".to_owned(), Some("dnf")),
            ("srv/repo/repodata/repomd.xml".to_owned(), None),
        ] {
            assert_eq!(package_cache(&path), manager, "{path}");
        }
        assert_eq!(tool_cache("root/.cache/pip"), Some("pip"));
        assert_eq!(tool_cache("root/x.cache/pip"), None);
        assert_eq!(tool_cache("usr/local/cargo/registry"), Some("cargo"));
    }

    #[test]
    fn folders_of_programs_are_meant_without_what_is_deeper() {
        assert!(is_in_program_folder("usr/bin/env") && is_in_program_folder("lib/ld.so"));
        assert!(!is_in_program_folder("usr/lib/node_modules/x") && !is_in_program_folder("usr/x"));
    }
}
