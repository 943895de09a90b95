<?php
// Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version, or a branch).
require 'Composer/Semver/autoload.php';

use Composer\Semver\Comparator;
use Composer\Semver\VersionParser;

function normal(string $version): ?string
{
    try {
        $normal = (new VersionParser())->normalize($version);
    } catch (UnexpectedValueException $refused) {
        return null;
    }
    return strpos($normal, 'dev-') === 0 ? null : $normal;
}

if (($argv[1] ?? '') === '--version') {
    $installed = trim(shell_exec('dpkg-query --showformat=\'${Version}\' --show php-composer-semver') ?? '');
    echo "composer/semver $installed with PHP ", PHP_VERSION, "\n";
    exit;
}
while (($line = fgets(STDIN)) !== false) {
    [$a, $b] = array_map('normal', explode("\t", rtrim($line, "\n")));
    if ($a === null || $b === null) {
        echo "!\n";
    } elseif (Comparator::equalTo($a, $b)) {
        echo "=\n";
    } else {
        echo Comparator::lessThan($a, $b) ? "<\n" : ">\n";
    }
}
