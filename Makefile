# The usual ways in; `make help` tells them. Meson and ninja do the building.
PORT ?= 8080
DATA ?= ./data
STORE ?=
HOST ?= 127.0.0.1
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SECONDS_EACH ?= 30
BUILD = build
export PORT DATA STORE HOST JOBS

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) -j$(JOBS)

$(BUILD)/build.ninja: .deps
	@if [ -f $@ ]; then meson setup --reconfigure $(BUILD) >/dev/null; else meson setup $(BUILD) --buildtype=release -Doptimization=2 -Ddebug=true; fi
	@touch $@

# Debian packages and npm's; a stamp makes it nothing when the lists have not changed.
.deps: tools/packages package.json package-lock.json
	@tools/install-deps build
	@touch $@

run: all
	@exec ./$(BUILD)/xiaoan serve --data "$(DATA)" --host "$(HOST)" --port "$(PORT)" $(if $(STORE),--store "$(STORE)") --demo

test:
	@tools/install-deps test
	@tools/run-tests

# Into /usr/local (or DESTDIR=…): the programs and their manual pages.
install: all
	@meson install -C $(BUILD) --no-rebuild

# The long variants of what make test does short; each is a line of tools/run-nightly.
nightly:
	@tools/install-deps test
	@tools/run-nightly

bench: all
	@tools/run-benches

# Only the lines changed since the last commit: tables and comments set by hand elsewhere stay as they are.
fmt:
	@tools/install-deps lint
	@git clang-format -f --extensions c,h HEAD || [ $$? = 1 ]

lint:
	@tools/install-deps lint
	@tools/lint

fuzz:
	@tools/install-deps lint
	@tools/run-fuzz $(SECONDS_EACH)

# Slow clients, sqlmap, wapiti and a walk as each post against a server of its own on this machine.
attack: all
	@tools/install-deps attack
	@tools/attack

# Of what the program is made, as CycloneDX JSON.
sbom: all
	@node tools/sbom.mjs >$(BUILD)/sbom.cdx.json && echo $(BUILD)/sbom.cdx.json

# Built twice in two folders, compared byte by byte.
reproducible: .deps
	@tools/reproducible

shots: all
	@tools/install-deps test
	@node tools/shots.mjs

train: all
	@test -n "$(DATA)" && exec ./$(BUILD)/xiaoan train "$(DATA)"

clean:
	rm -rf build build-test build-fuzz build-lint .deps

help:
	@echo 'make            build the program: build/xiaoan'
	@echo 'make run        build, then serve the demo city at http://$(HOST):$(PORT)  (PORT=, HOST=, DATA=folder, STORE=postgres://…)'
	@echo 'make test       all tests, with sanitizers; the last line is "N passed, N failed"'
	@echo 'make nightly    the long tests: what takes hours'
	@echo 'make install    the programs and their manual pages into /usr/local (DESTDIR=folder)'
	@echo 'make bench      the measurements in bench/'
	@echo 'make fmt        put the C lines changed since the last commit in the house form (clang-format)'
	@echo 'make lint       clang-tidy and cppcheck'
	@echo 'make fuzz       each parser under libFuzzer for SECONDS_EACH=30 seconds'
	@echo 'make attack     slow clients, sqlmap, wapiti and a walk as each post against a server on this machine'
	@echo 'make sbom       the list of parts: build/sbom.cdx.json'
	@echo 'make reproducible   two builds in two folders must be the same bytes'
	@echo 'make shots      pictures of the pages, into shots/'
	@echo 'make train DATA=file   learn the text models anew'
	@echo 'make clean      remove what was built'

.PHONY: all run test nightly install bench fmt lint fuzz attack sbom reproducible shots train clean help
