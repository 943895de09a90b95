//! The programs that say their version.
//!
//! Comments in front of the patterns would only repeat them: each text is what the named program
//! holds, a `\x00` being the end of the text before it.

use super::classifier::{Classifier, Evidence};

/// Sorted by product.
pub(super) static PROGRAMS: &[Classifier] = &[
    Classifier {
        product: "apache",
        module: None,
        files: &["apache2", "httpd"],
        evidence: &[Evidence::near("Apache/", r"Apache/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "arangodb",
        module: None,
        files: &["arangod", "arangosh"],
        evidence: &[Evidence::near(
            "[linux]",
            r"([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9]+)?)\s(?:enterprise )?\[linux\]",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "aws-lc",
        module: None,
        files: &["openssl"],
        evidence: &[Evidence::near("AWS-LC ", r"AWS-LC ([0-9]+\.[0-9]+\.[0-9]+)\)")],
        instead_of: &["openssl"],
    },
    Classifier {
        product: "bash",
        module: None,
        files: &["bash"],
        evidence: &[Evidence::sure(
            "@(#)Bash version ",
            r"@\(#\)Bash version ([0-9]+\.[0-9]+\.[0-9]+)\([0-9]+\) [a-z0-9]+",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "bind",
        module: None,
        files: &["named"],
        evidence: &[Evidence::near(
            "named version: BIND ",
            r"named version: BIND (9\.[0-9]+\.[0-9]+)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "bun",
        module: None,
        files: &["bun"],
        evidence: &[
            Evidence::near("Bun/", r"Bun/([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::near("Bun v", r"Bun v([0-9]+\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "busybox",
        module: None,
        files: &["busybox"],
        evidence: &[Evidence::sure("BusyBox v", r"BusyBox v([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "cabal",
        module: None,
        files: &["cabal"],
        evidence: &[
            Evidence::near("/cabal-install-", r"/cabal-install-([0-9]+(?:\.[0-9]+){2,3})[-/\x00]"),
            Evidence::near("\0Cabal-", r"\x00Cabal-([0-9]+(?:\.[0-9]+){2,3})[-\x00]"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "chrome",
        module: None,
        files: &["chrome"],
        evidence: &[Evidence::near(
            "\0Default",
            r"\x00([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)\x00Default",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "consul",
        module: Some("github.com/hashicorp/consul"),
        files: &["consul"],
        evidence: &[
            Evidence::near("CONSUL_VERSION: ", r"CONSUL_VERSION: ([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::near("GitDescribe=", r"GitDescribe=v?([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::sole("\0v", r"\x00v([0-9]+\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "curl",
        module: None,
        files: &["curl"],
        evidence: &[Evidence::near("curl/", r"\x00curl/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "dart",
        module: None,
        files: &["dart"],
        evidence: &[
            Evidence::near(" (stable)", r"\x00([0-9]+\.[0-9]+\.[0-9]+) \(stable\)"),
            Evidence::near(" (beta)", r"\x00([0-9]+\.[0-9]+\.[0-9]+-[0-9.]+beta) \(beta\)"),
            Evidence::near(" (dev)", r"\x00([0-9]+\.[0-9]+\.[0-9]+-[0-9.]+dev) \(dev\)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "deno",
        module: None,
        files: &["deno"],
        evidence: &[Evidence::near("Deno/", r"Deno/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "dnsmasq",
        module: None,
        files: &["dnsmasq"],
        evidence: &[Evidence::near(
            "dnsmasq-",
            r"\x00dnsmasq-([0-9]+\.[0-9]+(?:\.[0-9]+)?(?:(?:rc|test)[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "envoy",
        module: None,
        files: &["envoy"],
        evidence: &[
            Evidence::near("RELEASE", r"(?s)\x00(1\.[0-9]+\.[0-9]+(?:-dev)?)\x00.{0,20}RELEASE"),
            Evidence::near(
                "envoy_reloadable_features",
                r"(?s)\x00(1\.[0-9]+\.[0-9]+(?:-dev)?)\x00.{0,200}envoy_reloadable_features",
            ),
            Evidence::near(
                "\0Unable to",
                r"(?s)\x00(1\.[0-9]+\.[0-9]+(?:-dev)?)\x00.{0,200}Unable to",
            ),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "erlang",
        module: None,
        files: &["beam.smp", "erlexec"],
        evidence: &[
            Evidence::near(
                "Erlang/OTP ",
                r"(?s)Erlang/OTP [0-9]+%s \[erts-[^\x00]{1,160}\x00+([0-9]+\.[0-9]+(?:\.[0-9]+){0,3}(?:-rc[0-9]+)?)\x00",
            ),
            Evidence::near(
                "Erlang/OTP",
                r"\x00([0-9]+\.[0-9]+(?:\.[0-9]+){0,3}(?:-rc[0-9]+)?)\x00+Erlang/OTP",
            ),
            Evidence::near(
                "/otp_src_",
                r"/otp_src_([0-9]+\.[0-9]+(?:\.[0-9]+){0,3}(?:-rc[0-9]+)?)/",
            ),
            Evidence::near("/otp-", r"/otp-([0-9]+\.[0-9]+(?:\.[0-9]+){0,3}(?:-rc[0-9]+)?)/"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "ffmpeg",
        module: None,
        files: &["ffmpeg", "ffplay", "ffprobe"],
        evidence: &[Evidence::near("%s version ", r"%s version ([0-9]+\.[0-9]+(?:\.[0-9]+)?)")],
        instead_of: &[],
    },
    Classifier {
        product: "fluent-bit",
        module: None,
        files: &["fluent-bit"],
        evidence: &[Evidence::near(
            "Fluent",
            r"\x00([0-9]+\.[0-9]+\.[0-9]+)\x00+(?:\x1b\[1m\x00+)?(?:%s)?Fluent",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "gcc",
        module: None,
        files: &["c++", "cc1", "cc1plus", "cpp", "g++", "gcc"],
        evidence: &[
            Evidence::near(
                "gcc version %s",
                r"(?s)\x00([0-9]+\.[0-9]+\.[0-9]+)\x00[^\x00]*\x00gcc version %s",
            ),
            Evidence::near("GCC: (GNU) ", r"GCC: \(GNU\) ([0-9]+\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "ghc",
        module: None,
        files: &["ghc"],
        evidence: &[
            Evidence::near("\0GHC ", r"\x00GHC ([0-9]+\.[0-9]+\.[0-9]+)\x00"),
            Evidence::near("libHSghc-", r"libHSghc-([0-9]+\.[0-9]+\.[0-9]+)-"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "git",
        module: None,
        files: &["git"],
        evidence: &[Evidence::near("git/", r"\x00?git/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "go",
        module: Some("toolchain"),
        files: &["go"],
        evidence: &[Evidence::near(
            " Go buildinf:",
            r"(?s) Go buildinf:.{18,20}go(1\.[0-9]+(?:\.[0-9]+)?(?:(?:beta|rc)[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "grafana",
        module: Some("github.com/grafana/grafana"),
        files: &["grafana", "grafana-server"],
        evidence: &[Evidence::near(
            "\0release-",
            r"\x00release-([0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9]+)?)(?:\+[a-z0-9-]+)?\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "gzip",
        module: None,
        files: &["gzip"],
        evidence: &[
            Evidence::near(
                "while zipping\n\0",
                r"while zipping\n\x00([0-9]+\.[0-9]+(?:\.[0-9]+)?)\x00",
            ),
            Evidence::sole("\x001.", r"\x00(1\.[0-9]+(?:\.[0-9]+)?)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "haproxy",
        module: None,
        files: &["haproxy"],
        evidence: &[
            Evidence::near(
                ", released 20",
                r" version ([0-9]+\.[0-9]+(?:\.|-dev|-rc)[0-9]+)[^ ,]*, released 20",
            ),
            Evidence::near(
                "HA-Proxy version ",
                r"HA-Proxy version ([0-9]+\.[0-9]+(?:\.|-dev|-rc)[0-9]+)",
            ),
            Evidence::near(
                "HAProxy version",
                r"\x00([0-9]+\.[0-9]+(?:\.|-dev|-rc)[0-9]+)[^\x00]*\x00+HAProxy version",
            ),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "helm",
        module: Some("helm.sh/helm/"),
        files: &["helm"],
        evidence: &[Evidence::sole(
            "\0v",
            r"\x00v([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc|dev)[0-9.]*)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "ingress-nginx",
        module: Some("k8s.io/ingress-nginx"),
        files: &["nginx-ingress-controller"],
        evidence: &[Evidence::sole(
            "\0v",
            r"\x00v([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "istio",
        module: Some("istio.io/istio"),
        files: &["pilot-agent", "pilot-discovery"],
        evidence: &[
            Evidence::near(
                "Clean\0",
                r"Clean\x00+([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
            ),
            Evidence::near(
                "Modified\0",
                r"Modified\x00+([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
            ),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "jq",
        module: None,
        files: &["jq"],
        evidence: &[
            Evidence::near(
                "writing output failed: %s\n\0",
                r"writing output failed: %s\n\x00(?:jq-)?([0-9]+\.[0-9]+(?:\.[0-9]+)?(?:rc[0-9]+)?)\x00",
            ),
            Evidence::sole("\x001.", r"\x00(1\.[0-9]+(?:\.[0-9]+)?(?:rc[0-9]+)?)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "kube-apiserver",
        module: None,
        files: &["kube-apiserver"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "kube-controller-manager",
        module: None,
        files: &["kube-controller-manager"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "kube-proxy",
        module: None,
        files: &["kube-proxy"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "kube-scheduler",
        module: None,
        files: &["kube-scheduler"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "kubectl",
        module: None,
        files: &["kubectl"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "kubelet",
        module: None,
        files: &["kubelet"],
        evidence: &[Evidence::sole(
            "\0v1.",
            r"\x00v(1\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "lighttpd",
        module: None,
        files: &["lighttpd"],
        evidence: &[Evidence::near("lighttpd/", r"lighttpd/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "lua",
        module: None,
        files: &["lua", "luac"],
        evidence: &[
            Evidence::near("LuaVersion: Lua ", r"LuaVersion: Lua ([0-9]+\.[0-9]+(?:\.[0-9]+)?)"),
            Evidence::near("\0Lua 5.", r"\x00Lua (5\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "luajit",
        module: None,
        files: &["luajit"],
        evidence: &[Evidence::near("LuaJIT ", r"LuaJIT ([0-9]+\.[0-9]+\.[0-9]+(?:-beta[0-9]+)?)")],
        instead_of: &[],
    },
    Classifier {
        product: "mariadb",
        module: None,
        files: &[
            "mariadb",
            "mariadb-admin",
            "mariadb-dump",
            "mariadbd",
            "mysql",
            "mysqladmin",
            "mysqld",
            "mysqldump",
        ],
        evidence: &[Evidence::near("-MariaDB", r"\x00([0-9]+\.[0-9]+\.[0-9]+)-MariaDB")],
        instead_of: &["mysql"],
    },
    Classifier {
        product: "memcached",
        module: None,
        files: &["memcached"],
        evidence: &[
            Evidence::near("memcached ", r"memcached ([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::near("VERSION 1.", r"VERSION ([0-9]+\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "mongodb",
        module: None,
        files: &["mongod", "mongos"],
        evidence: &[
            Evidence::near("\0tcmalloc", r"([0-9]+\.[0-9]+\.[0-9]+(?:-rc[0-9]+)?)\x00+tcmalloc"),
            Evidence::near("\0heap_size", r"([0-9]+\.[0-9]+\.[0-9]+(?:-rc[0-9]+)?)\x00+heap_size"),
            Evidence::near(
                "\0cppdefines",
                r"([0-9]+\.[0-9]+\.[0-9]+(?:-rc[0-9]+)?)\x00+cppdefines",
            ),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "mysql",
        module: None,
        files: &["mysql", "mysqladmin", "mysqld", "mysqldump"],
        evidence: &[
            Evidence::near("/mysql-", r"/mysql-([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::near("\0mysql", r"\x00([0-9]+\.[0-9]+\.[0-9]+)\x00+mysql"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "mysql-cluster",
        module: None,
        files: &["mysql", "mysqladmin", "mysqld", "mysqldump", "ndb_mgmd", "ndbd", "ndbmtd"],
        evidence: &[Evidence::near(
            "/mysql-cluster-",
            r"/mysql-cluster-(?:com|gpl)-([0-9]+\.[0-9]+\.[0-9]+)",
        )],
        instead_of: &["mysql"],
    },
    Classifier {
        product: "nginx",
        module: None,
        files: &["nginx"],
        evidence: &[Evidence::sure(
            "nginx version: ",
            r"nginx version: (?:nginx|openresty)/([0-9]+\.[0-9]+\.[0-9]+)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "node",
        module: None,
        files: &["node", "nodejs"],
        evidence: &[
            Evidence::near("node.js/v", r"node\.js/v([0-9]+\.[0-9]+\.[0-9]+)"),
            Evidence::near("\0node v", r"\x00node v([0-9]+\.[0-9]+\.[0-9]+)\x00"),
            Evidence::sole("\0v", r"\x00v((?:0|4|5|6)\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "openjdk",
        module: None,
        files: &["java", "javac", "jdb"],
        // Launcher, program, and the version without and with the build.
        evidence: &[Evidence::near(
            "\0openjdk\0",
            r"\x00openjdk\x00[a-z]+\x00[0-9.]+\x00(1\.[0-9]\.0_[0-9]+|[0-9]+(?:\.[0-9]+)*)[-+][^\x00]*\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "openldap",
        module: None,
        files: &["ldapadd", "ldapmodify", "ldapsearch", "slapd"],
        evidence: &[Evidence::near("$OpenLDAP: ", r"\$OpenLDAP: [a-z]+ ([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "openresty",
        module: None,
        files: &["nginx", "openresty"],
        evidence: &[Evidence::near(
            "nginx version: openresty/",
            r"nginx version: openresty/([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "openssh",
        module: None,
        files: &["ssh", "ssh-keygen", "sshd", "sshd-session"],
        evidence: &[Evidence::near("OpenSSH_", r"OpenSSH_([0-9]+\.[0-9]+(?:\.[0-9]+)?p[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "openssl",
        module: None,
        files: &["openssl"],
        evidence: &[
            Evidence::near(
                "\0OpenSSL ",
                r"\x00OpenSSL ([0-9]+\.[0-9]+\.[0-9]+[a-z]{0,2}(?:-(?:alpha|beta|pre|rc)[0-9]+)?)[-a-z0-9]* {1,2}[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}",
            ),
            Evidence::near("\0OpenSSL ", r"\x00OpenSSL ([0-9]+\.[0-9]+\.[0-9]+[a-z]{0,2})[ \x00]"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "percona-server",
        module: None,
        files: &["mysql", "mysqladmin", "mysqld", "mysqldump"],
        evidence: &[Evidence::near(
            "/percona-server-",
            r"/percona-server-([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9]+)?)",
        )],
        instead_of: &["mysql"],
    },
    Classifier {
        product: "percona-xtrabackup",
        module: None,
        files: &["xtrabackup"],
        evidence: &[Evidence::near(
            "/percona-xtrabackup-",
            r"/percona-xtrabackup-([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "percona-xtradb-cluster",
        module: None,
        files: &["mysql", "mysqladmin", "mysqld", "mysqldump"],
        evidence: &[Evidence::near(
            "/Percona-XtraDB-Cluster-",
            r"/Percona-XtraDB-Cluster-([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9]+)?)",
        )],
        instead_of: &["mysql", "percona-server"],
    },
    Classifier {
        product: "perl",
        module: None,
        files: &["perl"],
        evidence: &[
            Evidence::near("\0v5.", r"\x00v(5\.[0-9]+\.[0-9]+)\x00"),
            Evidence::near("/perl5/5.", r"/perl5/(5\.[0-9]+\.[0-9]+)"),
            Evidence::near("/perl/5.", r"/perl/(5\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "php",
        module: None,
        files: &["php", "php-cgi", "php-fpm", "phpdbg"],
        evidence: &[Evidence::near(
            "X-Powered-By: PHP/",
            r"X-Powered-By: PHP/([0-9]+\.[0-9]+\.[0-9]+(?:-?(?:alpha|beta|RC|rc)[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "postgresql",
        module: None,
        files: &["postgres"],
        evidence: &[Evidence::near(
            "PostgreSQL ",
            r"PostgreSQL ([0-9]+(?:\.[0-9]+){0,2}(?:(?:alpha|beta|rc)[0-9]+)?) (?:\(|on )",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "proftpd",
        module: None,
        files: &["proftpd"],
        evidence: &[Evidence::near(
            "ProFTPD Version ",
            r"ProFTPD Version ([0-9]+\.[0-9]+\.[0-9]+(?:[a-z]|rc[0-9]+)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "pypy",
        module: None,
        files: &["pypy", "pypy3"],
        evidence: &[Evidence::near("[PyPy ", r"\[PyPy ([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "python",
        module: None,
        files: &["python"],
        evidence: &[
            Evidence::of_name(r"\x00([23]\.[0-9]+\.[0-9]+(?:(?:a|b|rc)[0-9]+)?)\+?\x00"),
            Evidence::near(
                "/Python-",
                r"/Python-([23]\.[0-9]+\.[0-9]+(?:(?:a|b|rc)[0-9]+)?)[/\x00]",
            ),
            Evidence::near("/versions/", r"/versions/([23]\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "redis",
        module: None,
        files: &["redis-check-rdb", "redis-sentinel", "redis-server"],
        evidence: &[
            Evidence::near(
                "buildkitsandbox-",
                r"[^0-9]([0-9]+\.[0-9]+\.[0-9]+)buildkitsandbox-[0-9]+",
            ),
            Evidence::near("000000000\0", r"[^0-9]([0-9]+\.[0-9]+\.[0-9]+)\w{12}-[0-9]{10,19}\x00"),
            Evidence::near("\0c11-builtin", r"\x00([0-9]+\.[0-9]+\.[0-9]+)\x00c11-builtin"),
            Evidence::near("Redis version ", r"Redis version ([0-9]+\.[0-9]+\.[0-9]+)"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "ruby",
        module: None,
        files: &["ruby"],
        evidence: &[Evidence::near(
            "\0ruby ",
            r"\x00ruby ([0-9]+\.[0-9]+\.[0-9]+(?:preview[0-9]+|rc[0-9]+|dev)?)(?:p[0-9]+)? \([0-9]{4}-",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "sqlcipher",
        module: None,
        files: &["sqlcipher"],
        evidence: &[
            Evidence::near(" community\0", r"\x00([0-9]+\.[0-9]+\.[0-9]+) community\x00"),
            Evidence::sole("\x004.", r"\x00(4\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "squid",
        module: None,
        files: &["squid"],
        evidence: &[Evidence::near("\0squid/", r"\x00squid/([0-9]+\.[0-9]+(?:\.[0-9]+)?)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "stack",
        module: None,
        files: &["stack"],
        evidence: &[
            Evidence::near(", Git", r"Version\s*([0-9]+\.[0-9]+\.[0-9]+),\s*Git"),
            Evidence::near("Version ", r"Version\s*([0-9]+\.[0-9]+\.[0-9]+),\s*Git"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "swipl",
        module: None,
        files: &["swipl"],
        evidence: &[Evidence::near("swipl-", r"swipl-([0-9]+\.[0-9]+\.[0-9]+)/")],
        instead_of: &[],
    },
    Classifier {
        product: "traefik",
        module: Some("github.com/traefik/traefik/"),
        files: &["traefik"],
        evidence: &[Evidence::sole(
            "\0v",
            r"\x00v([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc|dev)[0-9.]*)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "unbound",
        module: None,
        files: &["unbound"],
        evidence: &[Evidence::near("\0unbound ", r"\x00unbound ([0-9]+\.[0-9]+\.[0-9]+)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "util-linux",
        module: None,
        files: &["getopt", "lsblk", "mount", "su", "umount"],
        evidence: &[Evidence::near("util-linux 2.", r"util-linux (2\.[0-9]+(?:\.[0-9]+)?)[\x00-]")],
        instead_of: &[],
    },
    Classifier {
        product: "valkey",
        module: None,
        files: &["valkey-sentinel", "valkey-server"],
        evidence: &[
            Evidence::near(
                "buildkitsandbox-",
                r"[^0-9]([0-9]+\.[0-9]+\.[0-9]+)buildkitsandbox-[0-9]+",
            ),
            Evidence::near("\0c11-builtin", r"\x00([0-9]+\.[0-9]+\.[0-9]+)\x00c11-builtin"),
            Evidence::near("000000000\0", r"[^0-9]([0-9]+\.[0-9]+\.[0-9]+)\w{12}-[0-9]{10,19}\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "varnish",
        module: None,
        files: &["varnishd"],
        evidence: &[Evidence::near("varnish-", r"varnish-([0-9]+\.[0-9]+\.[0-9]+) revision")],
        instead_of: &[],
    },
    Classifier {
        product: "xz",
        module: None,
        files: &["xz"],
        evidence: &[Evidence::near(
            "xz (XZ Utils) ",
            r"xz \(XZ Utils\) ([0-9]+\.[0-9]+\.[0-9]+(?:alpha|beta)?)\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "zstd",
        module: None,
        files: &["zstd"],
        evidence: &[
            Evidence::near("Zstandard CLI", r"\x00v([0-9]+\.[0-9]+\.[0-9]+)\x00+Zstandard CLI"),
            Evidence::sole("\0v", r"\x00v([0-9]+\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
];
