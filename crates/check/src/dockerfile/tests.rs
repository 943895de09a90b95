use super::*;
use crate::rule::Rule;
use lazaret_core::severity::Severity;

#[test]
fn files_are_known_by_their_names() {
    for name in [
        "Dockerfile",
        "a/b/Dockerfile",
        "Dockerfile.dev",
        "dockerfile",
        "app.Dockerfile",
        "Containerfile",
        "Containerfile.prod",
        "a.containerfile",
        "Dockerfile.a.b",
    ] {
        assert!(is_dockerfile(name), "{name}");
    }
    for name in [
        "Dockerfile.dockerignore",
        "dockerfiles",
        "Dockerfile/",
        "Dockerfile.",
        ".Dockerfile",
        "mydockerfile",
        "Dockerfile-old",
        "a.txt",
        "",
        "Dockerfile/readme.md",
    ] {
        assert!(!is_dockerfile(name), "{name}");
    }
}

/// The lines on which the rule with a name is broken.
fn lines(name: &str, text: &str) -> Vec<u32> {
    let ids: Vec<&str> =
        RULES.iter().filter(|rule| rule.info().is_named(name)).map(|rule| rule.id).collect();
    assert!(!ids.is_empty(), "{name}");
    let checked = check(text.as_bytes(), &Settings::default());
    let hits = checked.hits.iter().filter(|hit| ids.contains(&hit.hit.rule.as_str()));
    hits.map(|hit| hit.hit.lines.unwrap().start).collect()
}

#[test]
fn tricky_cases_are_told_apart() {
    let none: &[u32] = &[];
    let cases: &[(&str, &str, &[u32])] = &[
        // The base image.
        ("DL3006", "ARG IMAGE=a\nFROM $IMAGE", &[2]),
        ("DL3006", "ARG T\nFROM a:${T}", none),
        ("DL3006", "FROM a$TAG", &[1]),
        ("DL3006", "FROM a AS b\nFROM $B\nFROM B", &[1]),
        ("DL3007", "ARG TAG=\"latest\"\nFROM a:${TAG}\nFROM a:${TAG:-1}", &[2, 3]),
        ("DL3007", "FROM r.io:5000/latest:1", none),
        ("DS-0002", "FROM a\nUSER root\nFROM b\nCOPY x /y", &[3]),
        ("DS-0002", "FROM a\nUSER\n", &[1]),
        ("DL3002", "FROM a\nUSER root\nRUN x\nUSER x", none),
        ("DL3002", "USER 00", &[1]),
        // Commands are where a shell runs them, and nowhere else.
        ("DL3004", "FROM a\nRUN echo sudo make && apt-get install sudo", none),
        ("DL3004", "FROM a\nRUN a; b | (sudo c)", &[2]),
        ("DL3004", "FROM a\nRUN X=$(sudo c) d", &[2]),
        ("DL3004", "FROM a\nRUN <<EOF\na\nsudo b\nEOF\n", &[4]),
        ("DL3004", "FROM a\nRUN cat <<EOF > x\nsudo b\nEOF\n", none),
        ("DL3004", "FROM a\nRUN sh <<EOF\nsudo b\nEOF\n", &[3]),
        ("DL3004", "FROM a\nCMD sudo x\nENTRYPOINT sudo y", none),
        ("DL3003", "FROM a\nRUN a \\\n && b \\\n && cd /c", &[4]),
        // Packages.
        ("DL3008", "FROM a\nRUN apt-get install -t stable a=1 -o X=y b=2", none),
        ("DL3008", "FROM a\nRUN apt-get -o Dpkg::Use-Pty=0 install a", &[2]),
        ("DL3008", "FROM a\nRUN apt-get install a=${V:-1}", none),
        ("DL3008", "FROM a\nRUN apt-get remove a && apt-get install", none),
        ("DL3018", "FROM a\nRUN apk add --no-cache -t .deps a=1 --repository http://x b~2", none),
        ("DL3018", "FROM a\nRUN apk add $PACKAGES", &[2]),
        ("DL3033", "FROM a\nRUN yum install -y --enablerepo epel a-1 && yum info b", none),
        ("DL3041", "FROM a\nRUN dnf group install -y x && dnf install -y @core", none),
        ("DL3037", "FROM a\nRUN zypper in -y -r repo a=1 b", &[2]),
        ("DL3013", "FROM a\nRUN pip install 'a[b]' && pip install 'a[b]==1'", &[2]),
        ("DL3013", "FROM a\nRUN pip install git+ssh://git@x/y.git", &[2]),
        ("DL3013", "FROM a\nRUN pip install --requirement=x -U", none),
        ("DL3016", "FROM a\nRUN npm i a && npm add b@1 && npm install --save c", &[2, 2]),
        ("DL3016", "FROM a\nRUN npm install git+https://u@h/x.git", &[2]),
        ("DL3028", "FROM a\nRUN gem install a:1 --use-system-libraries true && gem list b", none),
        ("DL3062", "FROM a\nRUN go run ./cmd x && go install a@v1 b@master", none),
        (
            "DL3062",
            "FROM a\nRUN go install tool x@v1 && go get -tool x@v1 && go install -tags y x@v1",
            none,
        ),
        ("DL3062", "FROM a\nRUN go install tool x\nRUN go get -tool x", &[2, 3]),
        ("DL3009", "FROM a AS b\nONBUILD RUN apt-get update\nFROM c", &[2]),
        // Caches are only of interest in what is kept, and in order.
        ("DL3009", "FROM a AS b\nRUN apt-get update\nFROM c", none),
        ("DL3009", "FROM a AS b\nRUN apt-get update\nFROM b", &[2]),
        ("DL3009", "FROM a\nRUN rm -rf /var/lib/apt/lists/* && apt-get update", &[2]),
        ("DL3032", "FROM a\nRUN yum -y install a && yum clean metadata", &[2]),
        (
            "DL3032",
            "FROM a\nRUN if [ \"$T\" == d ]; then yum -y install t && yum clean -y all; fi",
            none,
        ),
        ("DL3040", "FROM a\nRUN dnf in -y a && microdnf clean all", &[2]),
        (
            "DL3042",
            "FROM a AS b\nENV PIP_NO_CACHE_DIR=1\nFROM b AS c\nFROM c\nRUN pip install a",
            none,
        ),
        ("DL3042", "FROM a AS b\nENV PIP_NO_CACHE_DIR=1\nFROM a\nRUN pip install a", &[4]),
        ("DL3060", "FROM a\nRUN yarn install && yarn cache clean --all", none),
        ("DS-0017", "FROM a\nRUN apt-get update -y ; apt-get install -y curl", none),
        ("DS-0017", "FROM a\nRUN [\"apt-get\", \"update\"]", &[2]),
        ("DS-0017", "FROM a\nRUN apt-get install a && apt-get update", &[2]),
        ("DS-0024", "FROM a\nRUN apt-get --quiet dist-upgrade && apt-get upgrade", &[2]),
        // Copying.
        (
            "DL3010",
            "COPY a\\b.tar.gz \"C:\\Program Files\\X\"\nRUN tar -xf \"C:\\Program Files\\X\\b.tar.gz\"",
            &[1],
        ),
        ("DL3010", "COPY a.tgz /x\nFROM b\nRUN tar xf a.tgz", none),
        ("DL3010", "COPY a.tgz /x\nRUN tar xzf a.tgz", &[1]),
        (
            "DL3020",
            "FROM a\nADD git@github.com:a/b.git /c\nADD file:00 in /x\nADD a b.tar /d",
            &[4],
        ),
        (
            "DL3021",
            "FROM a\nCOPY a b ${DIR}\nCOPY file:00 in x\nCOPY <<one <<two /x\none\ntwo\n",
            &[4],
        ),
        (
            "DL3022",
            "FROM a AS b\nFROM c\nCOPY --from=B x /y\nCOPY --from=1 x /y\nCOPY --from=2 x /y",
            &[5],
        ),
        ("DL3022", "FROM a\nCOPY --from=$X b /c\nCOPY --from=r.io/x b /c", none),
        ("DL3023", "FROM a AS b\nCOPY --from=B x /y\nFROM c\nCOPY --from=1 x /y", &[2, 4]),
        ("DL3045", "FROM a\nONBUILD WORKDIR /x\nONBUILD COPY a b", none),
        ("DL4007", "FROM a AS b\nCOPY . .\nFROM c\nCOPY --from=b . /x", none),
        // Ports and users.
        ("DL3011", "EXPOSE 99999999999999999999 1-2/tcp ${P}-3", &[1]),
        ("DS-0004", "EXPOSE 80 22/tcp 2222", &[1]),
        (
            "DL3046",
            "RUN useradd --uid 1234567 a\nRUN useradd --uid=1234567 a\nRUN useradd -lu 1234567 a\nRUN useradd -u $U a",
            &[1, 2],
        ),
        // Variables and labels.
        ("DL3044", "ENV A=1 B=$A\nENV A=2 C=$A\nENV P=/x:${P} P=/y:${P}\nENV D=$DD E=$E", &[1, 3]),
        ("DL3044", "ONBUILD ENV X=1 Y=${X:-2}", &[1]),
        ("DL3048", "LABEL a.b-c_1=x\nLABEL .x =y\nLABEL x.=y\nLABEL a$b=c", &[2, 3, 4]),
        ("DL3052", "LABEL org.opencontainers.image.url=${URL}\nLABEL other=x", none),
        ("DL3064", "ARG TOKENIZERS\nENV GOPRIVATE=x\nENV API_KEY_FILE=x\nENV MY_API_KEY=x", &[4]),
        ("DS-0031", "FROM a\nENV GITHUB_TOKEN\nARG VITE_AWS_ACCESS_KEY_ID=x", &[2, 3]),
        // Layers and pipes.
        ("DL3059", "RUN a\n# b\nRUN c\nRUN d && e\nRUN f\nRUN g", &[3, 6]),
        ("DL3059", "RUN --network=none a\nRUN b\nRUN [\"c\"]", &[3]),
        ("DL4006", "FROM a\nRUN x '|' y || z\nRUN bash -o pipefail -c 'a | b'", none),
        (
            "DL4006",
            "FROM a\nRUN a | b; set -o pipefail\nSHELL [\"/usr/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b",
            &[2],
        ),
        (
            "DL4001",
            "FROM a\nRUN wget x && curl y\nRUN make\nRUN wget z\nFROM b\nRUN curl x",
            &[2, 4],
        ),
        ("DL3047", "RUN wget -qO- x\nRUN wget --no-verbose x\nRUN wget -O y x", &[3]),
    ];
    for (name, text, wanted) in cases {
        assert_eq!(lines(name, text), *wanted, "{name}:\n{text}");
    }
}

/// What Trivy's checks for Dockerfiles take and refuse, as their policies say.
#[test]
fn concerns_of_trivy_are_found() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "DS-0001",
            &[
                "FROM a",
                "FROM a:latest",
                "ARG T=latest\nFROM a:$T",
                "FROM ${R}/a",
                "ARG R=r/i\nFROM $R:latest",
            ],
            &["FROM a:1", "FROM scratch", "FROM a:1 as b\nFROM b", "ARG T\nFROM a:$T"],
        ),
        (
            "DS-0002",
            &[
                "FROM a:1",
                "FROM a:1\nUSER x\nUSER root",
                "FROM a:1\nUSER 0:0",
                "FROM a:1\nUSER root:root",
            ],
            &[
                "FROM a:1\nUSER x",
                "FROM a:1\nUSER root\nUSER x",
                "FROM a:1\nUSER root\nFROM b:1\nUSER x",
            ],
        ),
        ("DS-0004", &["EXPOSE 22", "EXPOSE 22/tcp"], &["EXPOSE 8080"]),
        (
            "DS-0005",
            &["ADD /target/app.jar app.jar"],
            &[
                "ADD /x.tar.gz x",
                "COPY a b",
                "ADD http://e.com/f f",
                "ADD git@github.com:u/r.git /u/",
                "ADD multi:8b88 in /xyz",
            ],
        ),
        (
            "DS-0006",
            &["FROM a:1 as dep\nCOPY --from=dep /b /", "FROM a:1 as Dep\nCOPY --from=dep /b /"],
            &[
                "FROM a:1 AS b\nFROM c:1\nCOPY --from=b /x .",
                "FROM a:1\nFROM b:1\nCOPY --from=0 a/ /a/",
            ],
        ),
        (
            "DS-0007",
            &["FROM a:1\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]"],
            &["FROM a:1\nENTRYPOINT [\"a\"]"],
        ),
        ("DS-0008", &["EXPOSE 65536/tcp 80 443 22"], &["EXPOSE 65530/tcp 80"]),
        ("DS-0009", &["WORKDIR workdir"], &["WORKDIR /path", "WORKDIR \"/path/to\""]),
        (
            "DS-0010",
            &["RUN sudo pip install --upgrade pip", "RUN a && sudo b"],
            &["RUN apt-get install sudo"],
        ),
        (
            "DS-0011",
            &["COPY package.json yarn.lock my_app"],
            &["COPY package.json yarn.lock", "COPY a b c/", "COPY file:8b88 in myfile"],
        ),
        ("DS-0012", &["FROM a:1 as b\nFROM c:1 as   b"], &["FROM a:1 as b\nFROM c:1 as d"]),
        (
            "DS-0013",
            &["RUN cd /usr/share/nginx/html", "RUN apt-get install vim && cd /x"],
            &["WORKDIR /x\nCMD cd /x && sed -e s/a/b/ c"],
        ),
        (
            "DS-0014",
            &["FROM a:1\nRUN wget http://a\nRUN [\"curl\", \"http://b\"]"],
            &[
                "FROM a:1\nRUN curl a\nRUN apt-get install wget",
                "FROM a:1\nRUN wget a\nFROM b:1\nRUN curl b",
            ],
        ),
        (
            "DS-0015",
            &[
                "RUN yum install vim",
                "RUN yum clean all && yum -y install",
                "RUN yum -y install bash && yum clean all && yum -y install zsh",
            ],
            &["RUN yum install && yum clean all", "RUN yum clean all"],
        ),
        ("DS-0016", &["FROM a:1\nCMD ./a\nCMD ./b"], &["FROM a:1\nCMD ./a\nFROM b:1\nCMD ./b"]),
        (
            "DS-0017",
            &[
                "RUN apt-get update",
                "RUN apt-get update && adduser mike",
                "RUN dnf update -y",
                "RUN yum update -y",
            ],
            &[
                "RUN apk update && apk add git",
                "RUN /bin/sh /s.sh update",
                "RUN test && apt-get update && apt upgrade --yes",
            ],
        ),
        (
            "DS-0019",
            &[
                "RUN set -uex && dnf config-manager --add-repo x && dnf install -vy y",
                "RUN dnf install bash && dnf clean all && dnf install zsh",
            ],
            &["RUN dnf install -vy y && dnf clean all"],
        ),
        (
            "DS-0020",
            &["RUN zypper install", "RUN zypper patch bash", "RUN zypper cc && zypper remove bash"],
            &["RUN zypper install bash && zypper clean && zypper remove bash&& zypper cc"],
        ),
        (
            "DS-0021",
            &["RUN apt-get install python=2.7", "RUN [\"apt-get\", \"install\", \"x\"]"],
            &[
                "RUN apt-get -fmy install x",
                "RUN apt-get update && apt-get install tzdata x -y && ls",
                "RUN [\"apt-get\", \"--yes\", \"-q\", \"install\", \"x\"]",
            ],
        ),
        ("DS-0022", &["MAINTAINER admin@example.com"], &["LABEL a=b"]),
        (
            "DS-0023",
            &["FROM a:1\nHEALTHCHECK CMD a\nHEALTHCHECK CMD b"],
            &["FROM a:1\nHEALTHCHECK CMD a"],
        ),
        (
            "DS-0024",
            &["RUN apt-get update && apt-get dist-upgrade"],
            &["RUN apt-get update && apt-get upgrade"],
        ),
        (
            "DS-0025",
            &[
                "RUN apk add python3",
                "RUN [\"apk\", \"add\", \"python3\"]",
                "RUN apk add --no-cacher bash",
                "RUN apk upgrade --no-cache && apk add python3",
            ],
            &["RUN apk add bash --no-cache"],
        ),
        (
            "DS-0026",
            &["FROM a:1\nCMD ./app"],
            &["FROM a:1\nFROM b:1\nHEALTHCHECK CMD /bin/healthcheck"],
        ),
        (
            "DS-0027",
            &["RUN microdnf install -y x"],
            &["RUN microdnf install -y x && microdnf clean all"],
        ),
        (
            "DS-0029",
            &["RUN apt-get install -y python=2.7"],
            &[
                "RUN apt-get --no-install-recommends install -fmy x",
                "RUN X=y apt-get install -y tzdata --no-install-recommends",
            ],
        ),
        (
            "DS-0030",
            &["WORKDIR /proc/self/fd/1", "WORKDIR \"/proc/self/fd/1\""],
            &["WORKDIR /path/to/workdir", "WORKDIR /development"],
        ),
        (
            "DS-0031",
            &[
                "FROM a:1\nENV GITHUB_TOKEN=x",
                "FROM a:1\nARG VITE_AWS_ACCESS_KEY_ID=x",
                "FROM a:1\nCOPY ./config $AWS_CONFIG_FILE",
                "FROM a:1\nCOPY . .\nENV GOOGLE_APPLICATION_CREDENTIALS=\"./n.json\"",
                "FROM a:1\nRUN aws configure set aws_access_key_id x && aws configure set aws_secret_access_key y",
            ],
            &[
                "FROM a:1\nENV GOOGLE_APPLICATION_CREDENTIALS=/credentials/x.json",
                "FROM a:1\nCOPY /src /src\nENV GOOGLE_APPLICATION_CREDENTIALS=./app/x.json",
                "FROM a:1\nRUN --mount=type=secret,id=k aws configure set aws_access_key_id $(cat /run/secrets/k)",
            ],
        ),
        (
            "DS-0032",
            &["FROM a:1\nRUN cat /etc/passwd | grep root"],
            &["FROM a:1\nRUN set -o pipefail && a | b", "FROM a:1\nRUN echo \"foo|bar\""],
        ),
    ];
    for (name, bad, good) in cases {
        for text in *bad {
            assert!(!lines(name, text).is_empty(), "{name} misses:\n{text}");
        }
        for text in *good {
            let found = lines(name, text);
            assert!(found.is_empty(), "{name} hits {found:?}:\n{text}");
        }
    }
}

/// The lines on which the rule in a file is broken.
fn lines_of(file: &str, text: &str) -> Vec<u32> {
    let is_it = |rule: &&Rule<Input>| rule.file.lines().next() == Some(&format!("//! {file}"));
    let rule = RULES.iter().find(is_it).unwrap_or_else(|| panic!("no rule `{file}`"));
    lines(rule.id, text)
}

#[test]
fn tricky_cases_of_our_own_rules_are_told_apart() {
    let none: &[u32] = &[];
    let piped = "What is downloaded is run at once";
    let unchecked = "What is downloaded is not checked";
    let mode = "Everybody may write to a file";
    let setuid = "A program runs with the rights of its owner";
    let tls = "A certificate is not looked at";
    let off = "A program is told to trust any certificate";
    let password = "An address has a password in it";
    let unused = "A stage is never used";
    let split = "A variable is split into words";
    let cd = "What follows a `cd` runs though it failed";
    let cases: &[(&str, &str, &[u32])] = &[
        (piped, "RUN curl x | sudo bash -s -- y", &[1]),
        (piped, "RUN curl x | tee y | sh", &[1]),
        (piped, "RUN wget -O- x | (cd /y && sh)", &[1]),
        (piped, "RUN eval \"$(curl x)\"", &[1]),
        (piped, "RUN . <(curl x)", &[1]),
        (piped, "RUN sh -c \"$(curl x)\"", &[1]),
        (piped, "RUN curl x | python3 -", &[1]),
        (piped, "RUN curl x | sh install.sh", none),
        (piped, "RUN curl x | python3 -m json.tool", none),
        (piped, "RUN curl x | grep y && sh z", none),
        (piped, "RUN V=$(curl x) && sh z", none),
        (piped, "RUN sh -c 'curl x -o y'", none),
        (unchecked, "RUN curl -L https://x | tar x", &[1]),
        (unchecked, "RUN curl https://x > y\nRUN curl https://x > /dev/null", &[1]),
        (
            unchecked,
            "RUN wget -qO- https://x\nRUN wget -q https://x\nRUN wget -O y https://x",
            &[2, 3],
        ),
        (unchecked, "RUN curl -O https://x && gpg --verify x.asc", none),
        (unchecked, "RUN curl -fsSL https://x | gpg --dearmor -o /etc/apt/keyrings/x.gpg", none),
        (
            mode,
            "RUN chmod 0777 x\nRUN chmod o+w x\nRUN chmod a=rwx x\nRUN chmod +x x\nRUN chmod 1777 /tmp",
            &[1, 2, 3],
        ),
        (mode, "RUN chmod u+w,o-w x\nRUN chmod -R 775 x\nRUN chmod --reference=y x", none),
        (
            setuid,
            "RUN chmod 2755 x\nRUN chmod ug+s x\nRUN chmod -s x\nRUN chmod g-s x\nRUN chmod 755 x",
            &[1, 2],
        ),
        (tls, "RUN curl -fsSkL x\nRUN curl --insecure x\nRUN curl -o k x\nRUN curl -ok x", &[1, 2]),
        (
            off,
            "RUN GIT_SSL_NO_VERIFY=1 git clone x\nRUN export NODE_TLS_REJECT_UNAUTHORIZED=0\nRUN git -c http.sslVerify=false clone x\nENV NODE_TLS_REJECT_UNAUTHORIZED=1",
            &[1, 2, 3],
        ),
        (
            password,
            "RUN git clone https://token@x/y\nRUN curl https://u:p@x/y\nRUN curl https://u:$P@x/y\nRUN curl https://x/u:p@y",
            &[2],
        ),
        (unused, "FROM a AS b\nFROM c AS d\nFROM e\nCOPY --from=0 /x /x\n", &[2]),
        (unused, "FROM a AS b\nFROM a AS c\nFROM $X", none),
        (split, "RUN a $B \"$C\" $? && D=$E [[ -n $F ]]", &[1]),
        (
            cd,
            "RUN cd /a; b\nRUN set -eux; cd /a; b\nRUN cd /a && b; c\nRUN b; cd /a\nRUN (cd /a; b)",
            &[1, 5],
        ),
    ];
    for (file, text, wanted) in cases {
        assert_eq!(lines_of(file, text), *wanted, "{file}:\n{text}");
    }
}

#[test]
fn every_stage_has_its_labels_or_is_copied_from() {
    let label_schema = [("a".to_owned(), LabelFormat::Text)].into_iter().collect();
    let settings = Settings { label_schema, ..Settings::default() };
    let id = RULES.iter().find(|rule| rule.info().is_named("DL3049")).unwrap().id;
    for (text, wanted) in [
        ("FROM x\nFROM y", &[1, 2][..]),
        ("FROM x\nLABEL b=c\nFROM y\nLABEL a=b", &[1]),
        ("FROM x AS z\nFROM z\nLABEL a=b", &[1]),
        ("FROM x AS z\nLABEL a=b\nFROM z", &[]),
        ("FROM x AS z\nFROM y\nCOPY --from=z /c /c\nLABEL a=b", &[]),
    ] {
        let checked = check(text.as_bytes(), &settings);
        let hits = checked.hits.iter().filter(|hit| hit.hit.rule == id);
        let lines: Vec<u32> = hits.map(|hit| hit.hit.lines.unwrap().start).collect();
        assert_eq!(lines, wanted, "{text}");
    }
}

#[test]
fn severities_may_be_set_by_any_name() {
    let rule = RULES.iter().find(|rule| rule.id == "DF001").unwrap().info();
    let mut settings = Settings::default();
    assert_eq!(settings.severity(&rule), Severity::Medium);
    settings.severities.insert("DL3006".to_owned(), Severity::Critical);
    assert_eq!(settings.severity(&rule), Severity::Critical);
}

#[test]
fn what_is_no_dockerfile_has_problems_and_no_hits() {
    for bytes in [&b""[..], b"\n\n# nothing\n", b"\xff\xfe\x00", b"\x7fELF\x02\x01", b"{\"a\": 1}"]
    {
        let checked = check(bytes, &Settings::default());
        assert!(checked.hits.is_empty() && !checked.problems.is_empty(), "{bytes:?}");
    }
    let checked = check(&vec![b'a'; BYTES_MAX + 1], &Settings::default());
    assert_eq!(checked.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn any_part_of_a_file_can_be_checked() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dockerfile");
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for end in (0..bytes.len()).step_by(13) {
            let checked = check(&bytes[..end], &Settings::default());
            assert!(checked.hits.len() < 10_000);
        }
    }
}

/// The largest files somebody could write to make a rule slow. Each would take minutes if the work
/// grew with the square of the file.
#[test]
fn hostile_files_take_no_longer_than_long_ones() {
    let many = |line: &str| line.repeat(BYTES_MAX / 2 / line.len());
    let files = [
        many("FROM a AS b\n"),
        many("FROM $A\n"),
        format!("ARG A={}\n{}", "x".repeat(100_000), many("FROM $A$A$A$A\n")),
        many("COPY --from=b a b\n"),
        many("# hadolint ignore=DL3003\n"),
        format!("FROM a\nRUN {}", many("cd a;")),
        format!("FROM a\nRUN {}true", many("curl https://x | ")),
        format!("FROM a\nRUN {}apk add b", many("--mount=type=cache,target=/x ")),
        format!("FROM a\nENV {}", many("A=$A ")),
        format!("FROM a\nRUN a {}", many("<<a ")),
        format!("FROM a\nRUN {}", many("sh -c \"a | b\";")),
        format!("FROM a\nEXPOSE {}", many("1 ")),
        many("RUN a | b\n"),
        many("\\\n"),
        many("ONBUILD "),
    ];
    for file in files {
        let start = std::time::Instant::now();
        let checked = check(file.as_bytes(), &Settings::default());
        // A second, where nothing is optimized and others need the processor too.
        let taken = start.elapsed();
        assert!(taken.as_secs() < 30, "{taken:?}: {}", &file[..40]);
        assert!(checked.hits.len() + checked.problems.len() > 0);
    }
}
