"""Ruby: Bundler and RubyGems."""

from lightship.ecosystems.model import Ecosystem, Toolchain

RUBY = Ecosystem(
    name="ruby",
    manifests=("Gemfile",),
    # Downloaded .gem files lie beside the gems that were unpacked from them: https://guides.rubygems.org/caching-and-vendoring/
    caches=(
        "{home}/.bundle/cache",
        "{home}/.gem/specs",
        "{home}/.gem/ruby/*/cache",
        "{home}/.local/share/gem/ruby/*/cache",
        "usr/local/bundle/cache",
        "usr/local/bundle/ruby/*/cache",
        "usr/local/lib/ruby/gems/*/cache",
        "bundle/ruby/*/cache",
        "*/vendor/bundle/ruby/*/cache",
        "usr/src/*/vendor/bundle/ruby/*/cache",
    ),
    toolchains=(
        Toolchain(
            name="headers of Ruby",
            trees=("usr/local/include/ruby-*", "usr/local/lib/pkgconfig/ruby-*"),
            programs=("gcc", "cc", "g++", "c++", "clang", "make"),
            source="https://docs.ruby-lang.org/en/trunk/MakeMakefile.html",
        ),
    ),
)
