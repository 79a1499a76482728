"""PHP: Composer."""

from lightship.ecosystems.model import Ecosystem

PHP = Ecosystem(
    name="php",
    manifests=("composer.json",),
    caches=("{home}/.composer/cache", "{home}/.cache/composer", "tmp/pear"),
)
