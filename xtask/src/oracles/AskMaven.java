// Answers each line `a<TAB>b` with <, = or >; Maven refuses nothing.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import org.apache.maven.artifact.versioning.ComparableVersion;

class AskMaven {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            var jar = ComparableVersion.class.getProtectionDomain().getCodeSource().getLocation();
            System.out.println(Path.of(jar.toURI()).getFileName().toString().replace(".jar", ""));
            return;
        }
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] pair = line.split("\t");
            int order = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));
            System.out.println(order < 0 ? "<" : order > 0 ? ">" : "=");
        }
    }
}
