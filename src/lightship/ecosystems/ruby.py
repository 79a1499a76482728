"""Ruby: Bundler and RubyGems."""

from lightship.ecosystems.model import Ecosystem

RUBY = Ecosystem(
    name="ruby",
    manifests=("Gemfile",),
    caches=("{home}/.bundle/cache", "usr/local/bundle/cache", "{home}/.gem/specs"),
)
