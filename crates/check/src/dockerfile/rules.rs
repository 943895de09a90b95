//! The rules for Dockerfiles, one file each. The table is the only list of them.

use super::Input;
use super::shell::Command;
use super::syntax::{Instruction, Invocation, Kind, Section};
use crate::rule::{Hits, Rule};
use lazaret_core::location::LineRange;

macro_rules! rules {
    ($($file:ident,)*) => {
        $(mod $file;)*

        /// Every rule for Dockerfiles, in the order of ids.
        pub const RULES: &[Rule<Input>] = &[$($file::RULE,)*];
    };
}

rules! {
    df001_untagged,
    df002_latest,
    df003_undigested,
    df004_untrusted_registry,
    df005_unknown_variable_in_from,
    df006_platform,
    df007_redundant_platform,
    df008_duplicate_stage,
    df009_reserved_stage,
    df010_stage_case,
    df011_as_case,
    df012_unused_stage,
    df013_before_from,
    df014_keyword_case,
    df015_empty_continuation,
    df016_last_user_root,
    df017_no_user,
    df018_user_name,
    df019_sudo,
    df020_useradd_log,
    df021_relative_workdir,
    df022_system_workdir,
    df023_cd,
    df024_pointless_command,
    df025_consecutive_runs,
    df026_apt_unpinned,
    df027_apt_lists,
    df028_apt_asks,
    df029_apt_recommends,
    df030_apt,
    df031_dist_upgrade,
    df032_update_alone,
    df033_frontend,
    df034_apt_key,
    df035_unsigned_packages,
    df036_apk_unpinned,
    df037_apk_cache,
    df038_yum_asks,
    df039_yum_cache,
    df040_yum_unpinned,
    df041_zypper_asks,
    df042_zypper_dist_upgrade,
    df043_zypper_cache,
    df044_zypper_unpinned,
    df045_dnf_asks,
    df046_dnf_cache,
    df047_dnf_unpinned,
    df048_pip_unpinned,
    df049_pip_cache,
    df050_npm_unpinned,
    df051_npm_cache,
    df052_yarn_cache,
    df053_gem_unpinned,
    df054_gem_documentation,
    df055_go_unpinned,
    df056_go_cache,
    df057_cargo_cache,
    df058_composer_cache,
    df059_add,
    df060_copied_archive,
    df061_copy_many,
    df062_copy_from_unknown,
    df063_copy_from_itself,
    df064_relative_copy,
    df065_whole_file_system,
    df066_whole_context,
    df067_copied_secret,
    df068_add_unchecked,
    df069_port_range,
    df070_port_format,
    df071_ssh_port,
    df072_healthchecks,
    df073_cmds,
    df074_entrypoints,
    df075_no_healthcheck,
    df076_shell_form,
    df077_broken_exec_form,
    df078_ignored_cmd,
    df079_onbuild,
    df080_maintainer,
    df081_linked_shell,
    df082_pipefail,
    df083_env_reference,
    df084_legacy_pairs,
    df085_duplicate_pairs,
    df086_label_key,
    df087_label_missing,
    df088_label_superfluous,
    df089_label_empty,
    df090_label_url,
    df091_label_time,
    df092_label_license,
    df093_label_hash,
    df094_label_version,
    df095_label_email,
    df096_secret_name,
    df097_secret_login,
    df098_secret_file_variable,
    df099_credentials_in_url,
    df100_piped_to_shell,
    df101_download_unchecked,
    df102_unverified_tls,
    df103_tls_turned_off,
    df104_plain_http,
    df105_wget_progress,
    df106_wget_and_curl,
    df107_world_writable,
    df108_setuid,
    df109_insecure_run,
    df110_docker_socket,
    df111_password_set,
    df112_inline_ignore,
    df113_unguarded_cd,
    df114_split_substitution,
    df115_split_variable,
    df116_masked_export,
    df117_useless_cat,
    df118_spaced_assignment,
    df119_account_name,
    df120_stage_user_root,
}

/// Every command that building runs, and the instruction it is in.
fn commands(input: &Input) -> impl Iterator<Item = (&Instruction, &Command)> {
    scripts(input)
        .flat_map(|(instruction, run)| run.script.commands.iter().map(move |c| (instruction, c)))
}

/// Every `RUN` whose commands are known.
fn scripts(input: &Input) -> impl Iterator<Item = (&Instruction, &Invocation)> {
    input.file.runs().filter(|(_, run)| !run.script.commands.is_empty())
}

/// The last user of a stage, where that is root, and where it is set.
fn last_root<'a>(section: &Section<'a>) -> Option<(LineRange, &'a str)> {
    let last = section.instructions.iter().rev().find_map(|instruction| match &instruction.kind {
        Kind::User(user) => Some((instruction.lines, user.as_str())),
        _ => None,
    });
    last.filter(|(_, user)| {
        let name = user.split(':').next().unwrap_or(user);
        name == "root" || !name.is_empty() && name.bytes().all(|b| b == b'0')
    })
}

/// Whether a command removes something at or below a path.
fn removes(command: &Command, paths: &[&str]) -> bool {
    command.is_any(&["rm"])
        && command.args().iter().any(|word| paths.iter().any(|path| word.text.starts_with(path)))
}

/// Names between commas, for messages, and how many more there are.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a package of an RPM repository is named with its version (`name-1.2`), or is a file.
fn is_rpm_pinned(package: &str) -> bool {
    has_extension(package, ".rpm")
        || package.starts_with('@')
        || package
            .split('-')
            .skip(1)
            .any(|part| part.starts_with(|c: char| c.is_ascii_digit()) || part.starts_with("${"))
}

/// Whether a file is of a kind, by its name.
fn has_extension(path: &str, extension: &str) -> bool {
    let start = path.len().checked_sub(extension.len());
    let end = start.and_then(|start| path.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

/// Whether a text is the address of a file on the web.
fn is_web(text: &str) -> bool {
    ["http://", "https://", "ftp://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Every mode that `chmod` or `--chmod` gives and that is bad.
fn modes(input: &Input, is_bad: fn(&str) -> bool, hits: &mut Hits<'_>) {
    for (_, command) in commands(input) {
        if !command.is_any(&["chmod"]) {
            continue;
        }
        if let Some(mode) = command.operands(&[]).first().filter(|word| is_bad(&word.text)) {
            hits.at(command.lines(), format!("`chmod {}`", mode.text));
        }
    }
    for (instruction, _, _) in input.file.transfers() {
        if let Some(mode) = instruction.flag("chmod").filter(|mode| is_bad(mode)) {
            hits.at(instruction.lines, format!("`--chmod={mode}`"));
        }
    }
}

/// Whether a `chmod` mode, octal or symbolic, sets one of these bits; symbolically, a letter of
/// `what` for one of `whom`.
fn sets_mode(mode: &str, bits: u32, whom: &str, what: char) -> bool {
    if let Ok(octal) = u32::from_str_radix(mode, 8) {
        return octal & bits != 0;
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else { return false };
        let (who, rights) = clause.split_at_checked(at).unwrap_or(("", ""));
        rights.contains(what) && who.chars().any(|letter| whom.contains(letter))
    })
}

/// Extensions of archives that `ADD` unpacks.
const ARCHIVES: [&str; 15] = [
    ".tar", ".gz", ".bz2", ".xz", ".lz", ".lzma", ".tgz", ".tbz", ".tbz2", ".tb2", ".txz", ".tlz",
    ".tpz", ".tZ", ".Z",
];

/// Whether a file is an archive that `ADD` unpacks, by its name.
fn is_archive(path: &str) -> bool {
    ARCHIVES.iter().any(|extension| path.ends_with(extension))
}

#[cfg(test)]
mod tests;
