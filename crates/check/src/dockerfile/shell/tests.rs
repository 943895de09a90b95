use super::read::Source;
use super::{Next, Script, script};

fn read(text: &str) -> Script {
    script(Source { text, starts: &[(0, 1)], documents: &[] })
}

/// The commands of a text, their words in brackets where they have spaces in them.
fn commands(text: &str) -> Vec<String> {
    let script = read(text);
    assert_eq!(script.unread, None, "{text}");
    script
        .commands
        .iter()
        .map(|command| {
            let words = command.words.iter().map(|word| {
                if word.text.contains(' ') || word.text.is_empty() {
                    format!("[{}]", word.text)
                } else {
                    word.text.clone()
                }
            });
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn lists_and_pipelines_are_commands() {
    assert_eq!(commands("a b && c || d; e & f | g |& h"), ["a b", "c", "d", "e", "f", "g", "h"]);
    let script = read("a && b || c; d | e");
    let next: Vec<Next> = script.commands.iter().map(|command| command.next).collect();
    assert_eq!(next, [Next::And, Next::Or, Next::Then, Next::Pipe, Next::End]);
    assert_eq!(script.pipelines.len(), 1);
    assert_eq!(script.pipelines[0].elements, [(3, 4), (4, 5)]);
    assert_eq!(commands("! a && time b"), ["a", "b"]);
    assert_eq!(commands("a;"), ["a"]);
    assert_eq!(commands("a &&\n b |\n c\n\nd # e\n# f\n"), ["a", "b", "c", "d"]);
}

#[test]
fn quotes_make_words() {
    assert_eq!(
        commands(r#"a "b c"'d e' f\ g "\"h\" \$x" '\' "#),
        [r#"a [b cd e] [f g] ["h" $x] \"#]
    );
    assert_eq!(
        commands(r#"echo "a && b" 'c | d' "$(x)" e#f"#),
        ["echo [a && b] [c | d] $() e#f", "x"]
    );
    assert_eq!(commands("a \"\" ''"), ["a [] []"]);
    assert_eq!(commands("a $'b\\'c' d"), ["a b\\'c d"]);
    assert_eq!(commands("a \\\n  b"), ["a b"]);
}

#[test]
fn variables_are_told_from_what_they_may_be() {
    assert_eq!(
        commands("a $B ${C:-d=e} \"$F\" $1 ${#G} ${H%%x}"),
        ["a ${B} ${C} ${F} ${1} ${G} ${H}"]
    );
    let script = read("a $B \"$C\" x${D}y $(e) \"$(f)\" `g`");
    let args = script.commands[0].args();
    assert_eq!(args[0].bare_variables, ["B"]);
    assert!(args[1].bare_variables.is_empty() && args[1].has_expansion && args[1].is_quoted);
    assert_eq!(args[2].bare_variables, ["D"]);
    assert!(args[3].has_bare_substitution && !args[4].has_bare_substitution);
    assert!(args[5].has_bare_substitution);
    assert_eq!(read("$A b").commands[0].program(), None);
}

#[test]
fn substituted_commands_follow_the_command_they_are_in() {
    assert_eq!(
        commands("a $(b $(c) | d) `e f` \"${g:-$(h)}\""),
        ["a $() $() ${g}", "b $()", "c", "d", "e f", "h"]
    );
    let script = read("a $(b $(c))");
    let parents: Vec<_> = script.commands.iter().map(|command| command.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1)]);
    assert_eq!(commands("diff <(a) >(b)"), ["diff $() $()", "a", "b"]);
    assert_eq!(commands("A=$(b) c"), ["c", "b"]);
    assert_eq!(commands("echo $((1 + (2 << 3))) $(( $(a) ))"), ["echo $() $()", "a"]);
}

#[test]
fn compound_commands_hold_commands() {
    assert_eq!(commands("if a; then b; elif c; then d; else e; fi"), ["a", "b", "c", "d", "e"]);
    assert_eq!(commands("for x in a b; do c $x; done; for y; do d; done"), ["c ${x}", "d"]);
    assert_eq!(commands("for ((i=0; i<3; i++)); do a; done"), ["a"]);
    assert_eq!(commands("while a; do b; done < c; until d\ndo e\ndone"), ["a", "b", "d", "e"]);
    assert_eq!(commands("case $x in a) b;; (c|d) e ;; *) f; esac"), ["b", "e", "f"]);
    assert_eq!(commands("(a; (b)) && { c; d; } > e"), ["a", "b", "c", "d"]);
    assert_eq!(commands("f() { a; }; function g { b; }; f"), ["a", "b", "f"]);
    assert_eq!(
        commands("[[ -e a && ( b == c || $d =~ e ) ]] && f"),
        ["[[ -e a b == c ${d} =~ e", "f"]
    );
    assert_eq!(commands("(( a > b )) && c"), ["c"]);
    assert_eq!(commands("echo if then fi done; fi=1 a"), ["echo if then fi done", "a"]);
}

#[test]
fn redirections_and_assignments_are_no_words() {
    let script = read("A=1 B=\"x y\" c 2>&1 >d <e >>f &>g h <<<\"i j\"");
    let command = &script.commands[0];
    assert_eq!(command.words.len(), 2);
    let names: Vec<_> = command.assignments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(command.assignments[1].value.text, "x y");
    let operators: Vec<_> = command.redirections.iter().map(|r| r.operator.as_str()).collect();
    assert_eq!(operators, [">&", ">", "<", ">>", "&>", "<<<"]);
    assert_eq!(commands("a=(b c) d"), ["d"]);
    assert_eq!(commands("declare -a x=(b c) && d"), ["declare -a x=", "d"]);
    assert_eq!(commands("a b=c"), ["a b=c"]);
    assert_eq!(commands("a 2b 3>c"), ["a 2b"]);
}

#[test]
fn documents_are_passed_over_unless_a_shell_reads_them() {
    assert_eq!(commands("cat <<EOF > x && a\nb; c\nEOF\nd"), ["cat", "a", "d"]);
    assert_eq!(commands("cat <<-'E F'\n\tx\n\tE F\na"), ["cat", "a"]);
    assert_eq!(commands("bash <<EOF\nb; c\nEOF\nd"), ["bash", "b", "c", "d"]);
    assert_eq!(commands("bash -s x <<EOF\nb\nEOF\nd"), ["bash -s x", "d"]);
    assert_eq!(commands("cat <<EOF\nwithout an end"), ["cat"]);
}

#[test]
fn texts_for_another_shell_are_read() {
    let script =
        read("bash -euo pipefail -c 'a && b | c' d; sh -c \"e $F\"; sh -c \"$G\"; sh x -c y");
    let names: Vec<_> = script.commands.iter().filter_map(|c| c.program()).collect();
    assert_eq!(names, ["bash", "a", "b", "c", "sh", "e", "sh", "sh"]);
    let nested: Vec<_> = script.commands.iter().map(|c| c.is_nested).collect();
    assert_eq!(&nested[..4], [false, true, true, true]);
    assert!(script.pipelines.iter().all(|pipeline| pipeline.is_nested));
    assert_eq!(script.outer().count(), 4);
    // What cannot be read there is no reason not to read the rest.
    assert_eq!(commands("sh -c 'a (' && b"), ["sh -c [a (]", "b"]);
}

#[test]
fn wrappers_lead_to_the_program() {
    for (text, program, args) in [
        ("sudo -E -u root apt-get install x", "apt-get", "install x"),
        ("env -i A=b C=d make x", "make", "x"),
        ("exec /usr/bin/nginx -g off", "nginx", "-g off"),
        ("command -v curl", "curl", ""),
        ("timeout -k 5 10s curl x", "curl", "x"),
        ("nice -n 10 time make", "make", ""),
        ("busybox wget x", "wget", "x"),
        ("sudo", "sudo", ""),
        ("sudo -i", "sudo", "-i"),
        ("A=1 sudo B=2 c", "c", ""),
    ] {
        let script = read(text);
        let command = &script.commands[0];
        assert_eq!(command.program(), Some(program), "{text}");
        let found: Vec<&str> = command.args().iter().map(|word| word.text.as_str()).collect();
        assert_eq!(found.join(" "), args, "{text}");
    }
    assert_eq!(read("sudo make").commands[0].name(), Some("sudo"));
}

#[test]
fn options_are_told_from_operands() {
    let script = read("p -y --long=a --name b -t c -xo d -ovalue e -- -f g");
    let command = &script.commands[0];
    let operands = command.operands(&["name", "t", "o"]);
    let operands: Vec<&str> = operands.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(operands, ["e", "-f", "g"]);
    assert!(command.has_flag(&["y"]) && command.has_flag(&["long"]) && command.has_flag(&["x"]));
    assert!(!command.has_flag(&["f"]) && !command.has_flag(&["n"]) && !command.has_flag(&["lon"]));
    let values = command.flag_values(&["name", "t"]);
    assert_eq!(values.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    for (text, what) in [
        ("a 'b", "quote"),
        ("a \"b", "quote"),
        ("a $(b", "`)`"),
        ("a `b", "backtick"),
        ("a ${b", "`${`"),
        ("if a; then b", "`fi`"),
        ("for x in a; b; done", "`do`"),
        ("case a in b c;; esac", "`)`"),
        ("a && && b", "operator without a command"),
        ("| a", "operator without a command"),
        ("a )", "after the end"),
        ("a (b)", "after the end"),
        ("a >", "nowhere"),
        ("[[ a", "`[[`"),
        ("echo $((1", "`$((`"),
    ] {
        let script = read(text);
        assert!(script.commands.is_empty(), "{text}");
        let unread = script.unread.unwrap_or_else(|| panic!("{text} is read"));
        assert!(unread.what.contains(what), "{text}: {}", unread.what);
    }
}

#[test]
fn lines_are_those_of_the_file() {
    let starts = [(0, 3), (4, 5), (8, 6)];
    let script = script(Source { text: "a&& b|| c", starts: &starts, documents: &[] });
    let lines: Vec<u32> = script.commands.iter().map(|command| command.line).collect();
    assert_eq!(lines, [3, 5, 6]);
}

#[test]
fn depth_and_number_have_an_end() {
    for open in ["$(", "(", "{ ", "if ", "\"$(", "${a:-", "<(", "`", "case a in b) ", "a() { "] {
        let script = read(&open.repeat(20_001));
        assert!(script.unread.is_some(), "{open}");
    }
    for text in ["a;", "a|", "a $(b) ", "a <<b ", "((", "$((", "\\\n", "a='b' "] {
        let text = text.repeat(30_000);
        let script = read(&text);
        assert!(script.unread.is_some() || script.commands.len() <= 20_000);
    }
    let nested = (0..12).fold("a".to_owned(), |text, _| {
        format!("sh -c {}", text.replace('\\', "\\\\").replace('"', "\\\"").replace(' ', "\\ "))
    });
    assert!(read(&nested).unread.is_none());
}
