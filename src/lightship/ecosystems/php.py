"""PHP: Composer, and what PHP's images have for extensions that are still to be compiled."""

from lightship.ecosystems.model import Ecosystem, Toolchain

PHP = Ecosystem(
    name="php",
    manifests=("composer.json",),
    caches=("{home}/.composer/cache", "{home}/.cache/composer", "tmp/pear"),
    toolchains=(
        Toolchain(
            name="Composer",
            trees=("usr/bin/composer", "usr/local/bin/composer", "usr/local/bin/composer.phar"),
            programs=("composer", "composer.phar"),
            source="https://getcomposer.org/doc/00-intro.md",
        ),
        Toolchain(
            name="sources and headers of PHP",
            trees=(
                "usr/src/php",
                "usr/src/php.tar.xz",
                "usr/src/php.tar.xz.asc",
                "usr/local/include/php",
                "usr/local/lib/php/build",
                "usr/local/bin/docker-php-ext-*",
                "usr/local/bin/docker-php-source",
                "usr/local/bin/php-config",
                "usr/local/bin/phpize",
            ),
            programs=(
                "docker-php-ext-configure",
                "docker-php-ext-enable",
                "docker-php-ext-install",
                "docker-php-source",
                "pecl",
                "php-config",
                "phpize",
                "pickle",
                "pie",
            ),
            source="https://github.com/docker-library/php",
        ),
    ),
)
