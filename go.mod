module flexybatch

go 1.26.0

require (
	github.com/cenkalti/backoff/v5 v5.0.3 // pauses between tries
	github.com/coreos/go-oidc/v3 v3.21.0 // serve: an office's own login
	github.com/creack/pty v1.1.24 // tests: a terminal
	github.com/go-webauthn/webauthn v0.18.2 // tests: a second opinion about passkeys
	github.com/gocarina/gocsv v0.0.0-20240520201108-78e41c74b4b1 // CSV rows
	github.com/google/go-cmp v0.7.0 // tests: differences
	github.com/inconshreveable/mousetrap v1.1.0 // a double-click on Windows
	github.com/klauspost/compress v1.20.4 // how workbooks are compressed
	github.com/leonelquinteros/gotext v1.7.2 // French and Arabic, with plurals
	github.com/mtibben/confusables v0.0.0-20210201002637-9d1b0723b659 // names that look alike (Unicode TR39)
	github.com/pelletier/go-toml/v2 v2.4.3 // files of settings
	github.com/prometheus/client_golang v1.25.0 // tests: a second opinion about figures
	github.com/prometheus/common v0.72.0 // tests: figures as Prometheus reads them
	github.com/richardlehane/mscfb v1.0.9 // tells old .xls and encrypted workbooks apart
	github.com/rivo/uniseg v0.4.7 // the width of a line on the screen
	github.com/rogpeppe/go-internal v1.16.0 // tests: transcripts of the command line
	github.com/schollz/progressbar/v3 v3.19.1 // the progress line
	github.com/spf13/cobra v1.10.2 // the command line
	github.com/spf13/pflag v1.0.9 // its flags, where settings are read
	github.com/tidwall/gjson v1.20.1 // the members of an answer
	github.com/xuri/excelize/v2 v2.11.1 // workbooks
	github.com/zalando/go-keyring v0.2.8 // the key in the system's keyring
	go.uber.org/goleak v1.3.0 // tests: nothing is left running
	go.yaml.in/yaml/v3 v3.0.5 // tests: the compose file
	golang.org/x/crypto v0.58.0 // approvers' keys as OpenSSH keeps them
	golang.org/x/oauth2 v0.38.0 // serve: an office's own login
	golang.org/x/sync v0.24.0 // the pool of sends
	golang.org/x/sys v0.49.0 // Windows: who may read a file, and colours
	golang.org/x/term v0.47.0 // the terminal's size, and hidden prompts
	golang.org/x/text v0.43.0 // encodings, and texts that look the same
	golang.org/x/time v0.16.0 // the call budget
	pgregory.net/rapid v1.3.0 // tests: properties
)

require (
	github.com/chromedp/cdproto v0.160.1 // tests: the protocol of a browser
	github.com/chromedp/chromedp v0.23.1 // tests: pages in a real browser
)

require (
	github.com/jackc/pgx/v5 v5.12.0 // an office: PostgreSQL
	github.com/riverqueue/river v0.51.2 // an office: what is to be driven, and when
	github.com/riverqueue/river/riverdriver/riverpgxv5 v0.51.2 // River on PostgreSQL
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/cpuguy83/go-md2man/v2 v2.0.6 // indirect
	github.com/danieljoos/wincred v1.2.3 // indirect
	github.com/fxamacker/cbor/v2 v2.9.4 // indirect
	github.com/go-jose/go-jose/v4 v4.1.4 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/go-viper/mapstructure/v2 v2.5.0 // indirect
	github.com/go-webauthn/x v0.3.1 // indirect
	github.com/godbus/dbus/v5 v5.2.2 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/google/go-tpm v0.9.8 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/riverqueue/river/riverdriver v0.51.2 // indirect
	github.com/riverqueue/river/rivershared v0.51.2 // indirect
	github.com/riverqueue/river/rivertype v0.51.2 // indirect
	github.com/russross/blackfriday/v2 v2.1.0 // indirect
	github.com/tidwall/match v1.2.0 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/tinylib/msgp v1.6.4 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/xuri/efp v0.0.3-0.20260924042702-217b81952dec // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
