//! Libraries whose archives do not say what they are called in a Maven repository, by a class that
//! no other library has.
//!
//! A class tells the name, never the version: builds that leave the names of their libraries out
//! leave the versions out as well.

/// One library.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The path of a class that the library has had in every version, and no other one.
    class: &'static str,
    pub(super) group: &'static str,
    /// The name within the group, or what all names of the library begin with (`bcprov`, which is
    /// followed by the Java version it is for).
    pub(super) artifact: &'static str,
    /// The name of the file in the makers' own distribution, where it is another.
    pub(super) file: Option<&'static str>,
}

const fn known(class: &'static str, group: &'static str, artifact: &'static str) -> Known {
    Known { class, group, artifact, file: None }
}

/// Sorted by class.
const KNOWN: &[Known] = &[
    known(
        "com/fasterxml/jackson/databind/ObjectMapper.class",
        "com.fasterxml.jackson.core",
        "jackson-databind",
    ),
    known("com/google/common/collect/ImmutableList.class", "com.google.guava", "guava"),
    known("com/google/gson/Gson.class", "com.google.code.gson", "gson"),
    known("com/google/protobuf/CodedInputStream.class", "com.google.protobuf", "protobuf-java"),
    known("com/thoughtworks/xstream/XStream.class", "com.thoughtworks.xstream", "xstream"),
    known("freemarker/template/Template.class", "org.freemarker", "freemarker"),
    known("io/netty/handler/codec/http/HttpObjectDecoder.class", "io.netty", "netty-codec-http"),
    known("kotlin/KotlinVersion.class", "org.jetbrains.kotlin", "kotlin-stdlib"),
    known("okhttp3/OkHttpClient.class", "com.squareup.okhttp3", "okhttp"),
    known("okio/Okio.class", "com.squareup.okio", "okio"),
    known(
        "org/apache/catalina/core/StandardContext.class",
        "org.apache.tomcat.embed",
        "tomcat-embed-core",
    ),
    Known {
        class: "org/apache/catalina/core/StandardContext.class",
        group: "org.apache.tomcat",
        artifact: "tomcat-catalina",
        file: Some("catalina"),
    },
    known(
        "org/apache/commons/beanutils/PropertyUtilsBean.class",
        "commons-beanutils",
        "commons-beanutils",
    ),
    known(
        "org/apache/commons/collections/functors/InvokerTransformer.class",
        "commons-collections",
        "commons-collections",
    ),
    known(
        "org/apache/commons/fileupload/FileUploadBase.class",
        "commons-fileupload",
        "commons-fileupload",
    ),
    known("org/apache/commons/io/IOUtils.class", "commons-io", "commons-io"),
    known("org/apache/commons/text/StringSubstitutor.class", "org.apache.commons", "commons-text"),
    known("org/apache/coyote/AbstractProtocol.class", "org.apache.tomcat", "tomcat-coyote"),
    known(
        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
        "org.apache.kafka",
        "kafka-clients",
    ),
    known(
        "org/apache/logging/log4j/core/lookup/JndiLookup.class",
        "org.apache.logging.log4j",
        "log4j-core",
    ),
    known("org/apache/lucene/index/IndexWriter.class", "org.apache.lucene", "lucene-core"),
    known("org/apache/solr/core/SolrCore.class", "org.apache.solr", "solr-core"),
    known("org/apache/struts2/dispatcher/Dispatcher.class", "org.apache.struts", "struts2-core"),
    known("org/apache/velocity/VelocityContext.class", "org.apache.velocity", "velocity"),
    known("org/bouncycastle/cms/CMSSignedData.class", "org.bouncycastle", "bcpkix"),
    known("org/bouncycastle/jce/provider/BouncyCastleProvider.class", "org.bouncycastle", "bcprov"),
    known("org/bouncycastle/openpgp/PGPSignature.class", "org.bouncycastle", "bcpg"),
    known(
        "org/codehaus/jackson/map/ObjectMapper.class",
        "org.codehaus.jackson",
        "jackson-mapper-asl",
    ),
    known("org/h2/Driver.class", "com.h2database", "h2"),
    known("org/mozilla/javascript/Context.class", "org.mozilla", "rhino"),
    known("org/postgresql/Driver.class", "org.postgresql", "postgresql"),
    known(
        "org/springframework/aop/framework/ProxyFactory.class",
        "org.springframework",
        "spring-aop",
    ),
    known(
        "org/springframework/beans/CachedIntrospectionResults.class",
        "org.springframework",
        "spring-beans",
    ),
    known(
        "org/springframework/boot/SpringApplication.class",
        "org.springframework.boot",
        "spring-boot",
    ),
    known(
        "org/springframework/boot/actuate/health/Health.class",
        "org.springframework.boot",
        "spring-boot-actuator",
    ),
    known(
        "org/springframework/boot/autoconfigure/SpringBootApplication.class",
        "org.springframework.boot",
        "spring-boot-autoconfigure",
    ),
    known(
        "org/springframework/context/ApplicationContext.class",
        "org.springframework",
        "spring-context",
    ),
    known("org/springframework/core/SpringVersion.class", "org.springframework", "spring-core"),
    known(
        "org/springframework/expression/spel/standard/SpelExpressionParser.class",
        "org.springframework",
        "spring-expression",
    ),
    known("org/springframework/jdbc/core/JdbcTemplate.class", "org.springframework", "spring-jdbc"),
    known(
        "org/springframework/messaging/support/MessageBuilder.class",
        "org.springframework",
        "spring-messaging",
    ),
    known(
        "org/springframework/security/config/SecurityNamespaceHandler.class",
        "org.springframework.security",
        "spring-security-config",
    ),
    known(
        "org/springframework/security/core/SpringSecurityCoreVersion.class",
        "org.springframework.security",
        "spring-security-core",
    ),
    known(
        "org/springframework/security/web/FilterChainProxy.class",
        "org.springframework.security",
        "spring-security-web",
    ),
    known(
        "org/springframework/transaction/PlatformTransactionManager.class",
        "org.springframework",
        "spring-tx",
    ),
    known(
        "org/springframework/web/filter/GenericFilterBean.class",
        "org.springframework",
        "spring-web",
    ),
    known(
        "org/springframework/web/reactive/DispatcherHandler.class",
        "org.springframework",
        "spring-webflux",
    ),
    known(
        "org/springframework/web/servlet/DispatcherServlet.class",
        "org.springframework",
        "spring-webmvc",
    ),
    known("org/yaml/snakeyaml/Yaml.class", "org.yaml", "snakeyaml"),
    known("reactor/core/publisher/Flux.class", "io.projectreactor", "reactor-core"),
];

/// The libraries that this class is of.
pub(super) fn by_class(path: &[u8]) -> &'static [Known] {
    if !path.ends_with(b".class") {
        return &[];
    }
    let start = KNOWN.partition_point(|known| known.class.as_bytes() < path);
    let rest = KNOWN.get(start..).unwrap_or_default();
    let count = rest.iter().take_while(|known| known.class.as_bytes() == path).count();
    rest.get(..count).unwrap_or_default()
}

impl Known {
    /// Whether the same class is in both.
    pub(super) fn is_sibling(&self, other: &Self) -> bool {
        self.class == other.class
    }

    /// The artifact, of an archive with this name.
    pub(super) fn artifact_of<'n>(&self, file: &'n str) -> Option<&'n str>
    where
        'static: 'n,
    {
        if self.file == Some(file) {
            return Some(self.artifact);
        }
        let rest = file.strip_prefix(self.artifact)?;
        (rest.is_empty() || rest.starts_with("-jdk") || rest == "-jvm").then_some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(KNOWN.is_sorted_by_key(|known| known.class));
    }

    #[test]
    fn a_class_leads_to_the_archive_it_is_in() {
        let group = |class: &str, file: &'static str| {
            by_class(class.as_bytes())
                .iter()
                .find_map(|known| Some((known.group, known.artifact_of(file)?)))
        };
        let catalina = "org/apache/catalina/core/StandardContext.class";
        assert_eq!(group(catalina, "catalina"), Some(("org.apache.tomcat", "tomcat-catalina")));
        let embedded = Some(("org.apache.tomcat.embed", "tomcat-embed-core"));
        assert_eq!(group(catalina, "tomcat-embed-core"), embedded);
        assert_eq!(group(catalina, "app"), None);
        let provider = "org/bouncycastle/jce/provider/BouncyCastleProvider.class";
        assert_eq!(group(provider, "bcprov-jdk15on"), Some(("org.bouncycastle", "bcprov-jdk15on")));
        assert_eq!(group("com/google/gson/Gson.class", "gson-extras"), None);
        assert!(by_class(b"com/google/gson/Gson").is_empty());
    }
}
