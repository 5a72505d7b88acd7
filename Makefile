# The commands a developer needs; `make` alone lists them.
SWIFT ?= swift
RELEASE := .build/release
PREFIX ?= /usr/local

# Tests are release builds: checking is arithmetic, which takes several times as long in a debug build.
# With FENCEPOST_STRICT set, warnings are errors, so is an import that Package.swift does not declare, and
# tests and tools are one build. Continuous integration sets it; a newer compiler's warning never stops
# somebody who only wants to build.
# `swift test` would say -enable-testing a second time, and other flags are another build: hence TEST.
# Examples are built in the same folder: SwiftPM takes the plan that it left there for that of any package.
RELEASED := -c release --disable-build-manifest-caching
TESTABLE := $(RELEASED) -Xswiftc -enable-testing
STRICT := $(TESTABLE) -Xswiftc -warnings-as-errors -Xswiftc -require-explicit-sendable \
	--explicit-target-dependency-import-check error
TEST := $(SWIFT) test --disable-testable-imports
TEST_FLAGS = $(if $(FENCEPOST_STRICT),$(STRICT),$(TESTABLE))
TOOL_FLAGS = $(if $(FENCEPOST_STRICT),$(STRICT),$(RELEASED))

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-complete examples soak random fuzz-recorders defect-traces build recorder lint format docs bench install dist try-dist ci clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r name text; \
	do printf 'make %-14s %s\n' "$$name" "$$text"; done

setup: ## Install what is missing of libpmem, libunwind, libzstd and the tools to build (apt)
	@scripts/setup

demo: setup recorder ## Build for release and run the main job: record, check, report
	$(SWIFT) build $(TOOL_FLAGS)
	$(RELEASE)/fencepost demo

# SwiftPM would build what all commands need last, and the longest modules, which need it, alone at the end.
test: setup ## Run all tests
	$(SWIFT) build $(TEST_FLAGS) --product fencepost-cache
	$(TEST) $(TEST_FLAGS)

test-complete: setup ## Run all tests at full size: tens of minutes
	FENCEPOST_COMPLETE=1 $(TEST) $(TEST_FLAGS)

examples: setup ## Build and run Examples: caches tested with CrashTesting
	$(TEST) --package-path Examples --scratch-path .build $(TEST_FLAGS)

soak: setup ## Kill the cache 500 times at random moments and compare (FENCEPOST_SOAK_KILLS, _SEED)
	FENCEPOST_SOAK_KILLS=$${FENCEPOST_SOAK_KILLS:-500} $(TEST) $(TEST_FLAGS) --filter SoakTests

random: build ## 2,000 random workloads, then as many with each defect (FENCEPOST_RANDOM, _SEED)
	@scripts/random

fuzz-recorders: build ## 200 random programs, recorded in both ways and compared (FENCEPOST_FUZZ, _SEED)
	@scripts/fuzz-recorders $${FENCEPOST_FUZZ_SEED:-1} $${FENCEPOST_FUZZ:-200}

defect-traces: build ## Record traces/defects/cache anew
	rm -rf traces/defects/cache/*/
	$(RELEASE)/fencepost defects --without-times --write-traces traces/defects/cache

build: setup recorder ## Build for release: .build/release/fencepost and fencepost-cache
	$(SWIFT) build $(TOOL_FLAGS)

# That of unmodified programs is under its own licence: see recorder/valgrind/README.md.
recorder: ## Build the recorders: of compiled programs, of unmodified ones (needs Debian's valgrind)
	@$(MAKE) -s -C recorder/compiled BUILD=$(CURDIR)/.build/recorder/compiled
	@$(MAKE) -s -C recorder/profile BUILD=$(CURDIR)/.build/recorder/profile
	@if [ -e /usr/include/valgrind/pub_tool_tooliface.h ]; then \
		$(MAKE) -s -C recorder/valgrind BUILD=$(CURDIR)/.build/recorder; \
	else \
		echo "recorder: not built, since Debian's package valgrind is not installed: fencepost record needs it"; \
	fi

lint: ## Check the formatting
	$(SWIFT) format lint --strict -r Sources Tests Examples Package.swift

format: ## Mend the formatting
	$(SWIFT) format -i -r Sources Tests Examples Package.swift

docs: setup ## Check the DocC catalogs and convert them into .build/docs
	@scripts/docs $(TEST_FLAGS)

bench: build ## Measure the speed of checking, importing and recording
	$(RELEASE)/fencepost bench

install: ## Install what `make build` built (PREFIX=/usr/local, DESTDIR)
	@scripts/install "$(PREFIX)" "$(DESTDIR)"

dist: setup recorder ## Make packages for machines without Swift: a tarball and a .deb in .build/dist/packages
	@scripts/dist

try-dist: ## Try the packages in a new Debian without Swift (root, debootstrap)
	@scripts/try-dist

ci: ## Everything a change must pass: lint, strict build, tests, documents, demo, README commands
	@.ci/run

clean: ## Remove what was built; fetched packages stay
	$(SWIFT) package clean
	rm -rf .build/docs .build/recorder
