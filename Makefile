# The front door.  `make` or `make help` lists what there is; the work is done
# by Meson, pytest and the scripts of tools/.
.DEFAULT_GOAL := help
suites = tools/run_suites.py $(if $(T),--module $(T)) $(if $(SECONDS),--seconds $(SECONDS))

# The builds: sanitizers unless asked otherwise, warnings are errors in all.
options-build =
options-build-release = -Dbuildtype=release -Db_sanitize=none -Db_lto=true -Dcrash_points=false
options-build-clang = -Db_sanitize=none
options-build-fuzz = -Dfuzzing=true -Dc_args=-fsanitize=fuzzer-no-link \
	-Dcpp_args=-fsanitize=fuzzer-no-link
build-clang/build.ninja build-fuzz/build.ninja: export CC = clang
build-clang/build.ninja build-fuzz/build.ninja: export CXX = clang++

help: ## show this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: build-release/build.ninja ## two nodes live through the story, then serve until Ctrl-C; ONCE=1 plays all and ends
	ninja -C build-release src/torana
	tools/demo $(if $(ONCE),--once)

demo-clean: ## remove what `make run` made
	rm -rf demo

build: ## compile with sanitizers
build-release: ## compile as for use: optimised when linked, without the tests
targets-build-release = program bench
build build-release build-clang: %: %/build.ninja
	ninja -C $@ $(targets-$@)

install: build-release ## install the release build; PREFIX and DESTDIR are heeded
	meson configure build-release --prefix=$(or $(PREFIX),/usr/local)
	ninja -C build-release program
	meson install -C build-release --no-rebuild $(if $(DESTDIR),--destdir $(DESTDIR))

test: need-browser build ## the tests; T=merkle runs those of one module, T=TS-082 those of one rule
	$(suites) unit corpus $(if $(T),,tree house system browser) conformance

test-long: need-test build ## the tests that take longer
	$(suites) long

check: need-check ## format, rules of the tree, a second compiler, linters
	$(suites) format tree build_clang tidy cppcheck

fuzz: need-check ## fuzz every parser for a minute; T=merkle one of them, SECONDS=600 longer
	$(suites) fuzz

interop: need-interop build-release ## foreign TAXII and STIX programs against a node
	$(suites) interop

bench: build-release ## measure the release build; T=import runs one bench
	bench/run $(T)

bench-taxii: need-bench build-release ## TAXII, STIX and patterns against OpenTAXII, jansson, stix2-matcher
	bench/run import parse page taxii patterns scale

fmt: need-check ## rewrite the C sources in the house format
	find src tools bench -name '*.[ch]' -o -name '*.cpp' | xargs clang-format -i

ci: ## all that must hold before a change is merged
	.ci/run

%/build.ninja: | need-run
	meson setup $* $(options-$*)

need-run need-test need-browser need-check need-interop need-bench:
	@tools/install-deps $(@:need-%=%)

.PHONY: help run demo-clean build build-release build-clang install test test-long check fuzz \
	interop bench bench-taxii fmt ci need-run need-test need-browser need-check need-interop need-bench
