//! Programs and libraries that no package manager knows of, by the names advisories give them.
//!
//! Nobody registers the name of a program, so that what one source calls `nginx` another may call
//! by its maker and product. Which names mean the same is written down here, product by product;
//! a name that is not in the table means nothing but itself.

/// A program or library, and what advisories call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// The name of its package: what its makers call it.
    pub name: &'static str,
    /// What the National Vulnerability Database calls it, as `vendor:product` of its CPE names,
    /// former vendors included.
    pub cpes: &'static [&'static str],
}

/// Every product that is known by more than its own name, sorted by name.
pub static PRODUCTS: &[Product] = &[
    product("apache", &["apache:http_server"]),
    product("arangodb", &["arangodb:arangodb"]),
    product("aws-lc", &["amazon:aws_libcrypto"]),
    product("bash", &["gnu:bash"]),
    product("bind", &["isc:bind"]),
    product("busybox", &["busybox:busybox"]),
    product("bzip2", &["bzip:bzip2"]),
    product("chrome", &["google:chrome"]),
    product("composer", &["getcomposer:composer"]),
    product("curl", &["haxx:curl", "haxx:libcurl"]),
    product("dart", &["dart:dart_software_development_kit"]),
    product("deno", &["deno:deno"]),
    product("dnsmasq", &["thekelleys:dnsmasq"]),
    product("elixir", &["elixir-lang:elixir"]),
    product("envoy", &["envoyproxy:envoy"]),
    product("erlang", &["erlang:erlang/otp"]),
    product("expat", &["libexpat_project:libexpat"]),
    product("ffmpeg", &["ffmpeg:ffmpeg"]),
    product("firefox", &["mozilla:firefox", "mozilla:firefox_esr"]),
    product("fluent-bit", &["treasuredata:fluent_bit"]),
    product("gcc", &["gnu:gcc"]),
    product("git", &["git-scm:git", "git:git"]),
    product("glibc", &["gnu:glibc"]),
    product("gnutls", &["gnu:gnutls"]),
    product("gzip", &["gnu:gzip"]),
    product("haproxy", &["haproxy:haproxy"]),
    product("heimdal", &["heimdal_project:heimdal"]),
    product("jdk", &["oracle:jdk", "oracle:java_se"]),
    product("jq", &["jqlang:jq"]),
    product("julia", &["julialang:julia"]),
    product("krb5", &["mit:kerberos_5"]),
    product("kube-apiserver", &["kubernetes:kubernetes"]),
    product("kube-controller-manager", &["kubernetes:kubernetes"]),
    product("kube-proxy", &["kubernetes:kubernetes"]),
    product("kube-scheduler", &["kubernetes:kubernetes"]),
    product("kubectl", &["kubernetes:kubernetes"]),
    product("kubelet", &["kubernetes:kubernetes"]),
    product("libarchive", &["libarchive:libarchive"]),
    product("libgcrypt", &["gnupg:libgcrypt"]),
    product("libjpeg-turbo", &["libjpeg-turbo:libjpeg-turbo"]),
    product("libpng", &["libpng:libpng"]),
    product("libtiff", &["libtiff:libtiff"]),
    product("lighttpd", &["lighttpd:lighttpd"]),
    product("lua", &["lua:lua"]),
    product("luajit", &["luajit:luajit"]),
    product("mariadb", &["mariadb:mariadb"]),
    product("mbedtls", &["arm:mbed_tls", "trustedfirmware:mbed_tls"]),
    product("memcached", &["memcached:memcached"]),
    product("mongodb", &["mongodb:mongodb"]),
    product("mysql", &["oracle:mysql", "oracle:mysql_server"]),
    product("mysql-cluster", &["oracle:mysql_cluster"]),
    product("nghttp2", &["nghttp2:nghttp2"]),
    product("nginx", &["f5:nginx", "nginx:nginx", "f5:nginx_open_source"]),
    product("node", &["nodejs:node.js"]),
    product("openjdk", &["oracle:openjdk"]),
    product("openldap", &["openldap:openldap"]),
    product("openresty", &["openresty:openresty"]),
    product("openssh", &["openbsd:openssh"]),
    product("openssl", &["openssl:openssl"]),
    product("pcre2", &["pcre:pcre2"]),
    product("percona-server", &["percona:percona_server"]),
    product("percona-xtrabackup", &["percona:xtrabackup"]),
    product("percona-xtradb-cluster", &["percona:xtradb_cluster"]),
    product("perl", &["perl:perl"]),
    product("php", &["php:php"]),
    product("postgresql", &["postgresql:postgresql"]),
    product("proftpd", &["proftpd:proftpd"]),
    product("python", &["python:python", "python_software_foundation:python"]),
    product("qt", &["qt:qt", "qt:qtbase"]),
    product("redis", &["redis:redis", "redislabs:redis"]),
    product("ruby", &["ruby-lang:ruby"]),
    product("rust", &["rust-lang:rust"]),
    product("sqlcipher", &["zetetic:sqlcipher"]),
    product("sqlite", &["sqlite:sqlite"]),
    product("squid", &["squid-cache:squid"]),
    product("thunderbird", &["mozilla:thunderbird"]),
    product("unbound", &["nlnetlabs:unbound"]),
    product("util-linux", &["kernel:util-linux"]),
    product("valkey", &["lfprojects:valkey", "linuxfoundation:valkey", "valkey-io:valkey"]),
    product("varnish", &["varnish-software:varnish_cache", "varnish_cache_project:varnish_cache"]),
    product("wordpress", &["wordpress:wordpress"]),
    product("wp-cli", &["wp-cli:wp-cli"]),
    product("xz", &["tukaani:xz"]),
    product("zlib", &["zlib:zlib", "gnu:zlib"]),
    product("zstd", &["facebook:zstandard"]),
];

const fn product(name: &'static str, cpes: &'static [&'static str]) -> Product {
    Product { name, cpes }
}

/// The names that advisories may give to the package of this name, other than that one.
pub fn other_names(name: &str) -> &'static [&'static str] {
    let found = PRODUCTS.binary_search_by(|product| product.name.cmp(name));
    found.ok().and_then(|index| PRODUCTS.get(index)).map_or(&[], |product| product.cpes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_name_twice() {
        for pair in PRODUCTS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} before {}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn names_are_a_vendor_and_a_product() {
        for cpe in PRODUCTS.iter().flat_map(|product| product.cpes) {
            let (vendor, product) = cpe.split_once(':').unwrap();
            assert!(!vendor.is_empty() && !product.is_empty() && !product.contains(':'), "{cpe}");
            assert_eq!(cpe.to_ascii_lowercase(), *cpe);
        }
    }

    #[test]
    fn only_what_is_written_down_has_other_names() {
        assert_eq!(other_names("node"), ["nodejs:node.js"]);
        assert!(other_names("bun").is_empty());
        assert!(other_names("made-up").is_empty());
    }
}
