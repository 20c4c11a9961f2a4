# flexybatch. The two that matter: make run, make test.
GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X flexybatch/internal/cli.version=$(VERSION)
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
TOOL     := $(GO) tool -modfile=tools/go.mod
DEPS     := $(GO) -C tools run ./deps -dir ..
DATE     ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
SITE     ?= https://flexybatch.example
SKIP     ?=
MANDIR   ?= dist/man
FUZZTIME ?= 60s
BENCHTIME ?= 200ms
BENCHSHORT ?= -short
SEEDS    ?= 10000
ROUNDS   ?= 25

.PHONY: all run build test lint bench torture mutants office-test fuzz dist dist-check dist-test man licences clean pictures picture corpus

all: build

run: ## the main job on the sample payroll, simulated
	$(GO) run . run --simulate --yes samples/payroll.csv

build: ## one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o flexybatch .

test: ## every test, with the race detector; then the pages in a browser; of torture and mutants a part
	BROWSER_SEPARATE=1 $(GO) test -race -timeout 20m ./...
	$(GO) test -timeout 15m -run 'InBrowser|Unraced' ./internal/console

lint: licences ## formatting, vet on every system, golangci-lint, dependencies, and known vulnerabilities where the database can be reached
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	for os in linux darwin windows; do GOOS=$$os $(GO) vet ./... || exit 1; done
	cd tools && $(GO) vet ./...
	cd tools/corpus && $(GO) vet -mod=mod ./...
	$(GO) mod verify
	$(GO) mod tidy -diff
	$(TOOL) golangci-lint run
	@$(TOOL) govulncheck ./... || echo "govulncheck did not finish: if the vulnerability database is out of reach, that is all; else read above"

# It takes some ten minutes on two cores, besides what is built once. With BENCHSHORT=
# the Go benchmarks read a million rows too, which takes four minutes more.
bench: .bench/newman .bench/benthos ## the Go benchmarks, ready for benchstat; then this program beside vegeta, k6, curl, benthos and newman, and at 10k, 100k and 300k rows
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(BENCHSHORT) ./...
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o .bench/flexybatch .
	$(GO) -C tools run ./bench -programs $(CURDIR)/.bench $(BENCHFLAGS)

# What flexybatch is measured beside; k6 takes some minutes to build.
.bench/newman:
	GOBIN=$(CURDIR)/.bench $(GO) install github.com/tsenart/vegeta/v12@v12.13.0
	GOBIN=$(CURDIR)/.bench $(GO) install go.k6.io/k6@v1.8.1
	npm install --silent --no-audit --no-fund --prefix .bench/npm newman@6.2.2
	ln -sf npm/node_modules/.bin/newman .bench/newman

.bench/benthos: tools/bench/benthos/go.mod
	$(GO) -C tools/bench/benthos build -o $(CURDIR)/.bench/benthos github.com/redpanda-data/benthos/v4/cmd/benthos

# make test runs 300 schedules and some offices, with the race detector, and each
# broken rule that 500 schedules or a few offices find. The rest is here: it is slow,
# or wants no race detector.
torture mutants: SHELL := bash
torture: ## whole batches, and offices with their people, in virtual time: make torture SEEDS=100000
	set -o pipefail; $(GO) test ./batch -run 'TestTorture$$' -count 1 -v -timeout 10h -seeds $(SEEDS) | grep -v -e '--- PASS' -e '=== '
	set -o pipefail; $(GO) test ./internal/app -run 'TestPeople$$' -count 1 -v -timeout 10h -seeds $$(( $(SEEDS) / 20 + 1 )) | grep -v -e '--- PASS' -e '=== '
	set -o pipefail; $(GO) test ./internal/office -run 'TestFencingTorture$$' -count 1 -v -timeout 10h -seeds $$(( $(SEEDS) / 10 + 1 )) | grep -v -e '--- PASS' -e '=== '

mutants: ## every money rule broken on purpose, one at a time; the tortures must find each
	set -o pipefail; $(GO) test ./batch -run 'TestTortureFindsEveryBrokenRule$$' -count 1 -v -timeout 1h -mutants | grep -v -e '=== '
	set -o pipefail; $(GO) test ./internal/app -run 'TestPeopleFindEveryBrokenRule$$' -count 1 -v -timeout 1h -mutants | grep -v -e '=== '

office-test: ## an office's workers and its database killed and stopped ROUNDS times each, as processes
	set -o pipefail; POSTGRES_REQUIRED=1 $(GO) test ./internal/cli -run 'TestOffice' -parallel 1 -count 1 -v -timeout 10h -office-rounds $(ROUNDS) -office-rows 1000 | grep -v -e '=== '

pictures: ## every workbook, printed by LibreOffice in every language, as PNG in ./pictures; the console's pages in docs/pictures
	@mkdir -p pictures
	FLEXYBATCH_PICTURES=$(CURDIR)/pictures $(GO) test ./report -run TestLibreOfficePrints -count 1 -v
	TZ=Africa/Algiers CONSOLE_PICTURES=$(CURDIR)/docs/pictures BROWSER_REQUIRED=1 $(GO) test ./internal/console -run 'TestPicturesInBrowser$$' -count 1 -v

picture: ## the READMEs' pictures, a report's first page, printed by LibreOffice
	TZ=UTC FLEXYBATCH_PICTURE=$(CURDIR)/samples $(GO) test ./report -run TestPicture -count 1

corpus: ## every file of a folder read, and its cells held against other readers: make corpus DIR=FOLDER
	$(GO) -C tools/corpus run -mod=mod . $(abspath $(DIR))

fuzz: ## every fuzz target for FUZZTIME
	@set -e; for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$p; \
	  done; \
	done

dist: ## everything to give away, byte for byte the same wherever it is built: make dist SKIP="installers images" where makensis or buildah are not there
	@$(GO) -C tools run ./dist -out ../dist -version '$(VERSION)' -date '$(DATE)' -site '$(SITE)' -skip '$(SKIP)' \
	  -certificate '$(CERTIFICATE)' -password-file '$(PASSWORD_FILE)' -timestamps '$(TIMESTAMPS)' $(PLATFORMS)

dist-check: dist ## builds once more, in a copy elsewhere, and compares
	@! grep -l '$(CURDIR)' -r dist || { echo "these tell where they were built"; exit 1; }
	@set -e; copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; \
	tar -c --exclude=./.git --exclude=./dist --exclude=./pictures . | tar -x -C "$$copy"; \
	$(MAKE) -C "$$copy" --no-print-directory dist VERSION='$(VERSION)' DATE='$(DATE)' SITE='$(SITE)' SKIP='$(SKIP)' > /dev/null; \
	diff dist/SHA256SUMS "$$copy/dist/SHA256SUMS" && echo "$$(wc -l < dist/SHA256SUMS) files, the same in two builds"

dist-test: dist-check ## every artefact tried as far as that goes on Linux: installed, run and removed, Windows' under Wine: make dist-test TESTFLAGS='-skip Wine'
	RELEASE_DIR=$(CURDIR)/dist $(GO) -C tools test ./dist -count 1 -v -timeout 20m $(TESTFLAGS)

man: ## a man page for each command, in MANDIR
	@mkdir -p $(MANDIR)
	FLEXYBATCH_MAN=$(abspath $(MANDIR)) SOURCE_DATE_EPOCH=$(DATE) $(GO) test -run '^TestManPages$$' -count 1 ./internal/cli

licences: ## of all that is in the binaries; none but those that are permitted, and each dependency has its reason
	$(DEPS) $(PLATFORMS)

clean:
	rm -rf flexybatch dist .bench
