package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// version is what git describe says of a commit: the last tag and the commits since.
type version struct {
	name    string // as it was given
	number  [3]int // of the tag; 0.0.0 without one
	commits int    // since the tag
	commit  string // its short name; empty for the tag itself
	dirty   bool   // something is not committed
}

var described = regexp.MustCompile(`^v?(\d+)\.(\d+)\.(\d+)(?:-(\d+)-g([0-9a-f]+))?(-dirty)?$`)

// parseVersion reads v1.2.3, v1.2.3-4-gabcdef0, abcdef0 or any of them with -dirty.
// Any other text, such as dev, is a version 0.0.0.
func parseVersion(name string) version {
	v := version{name: name, dirty: strings.HasSuffix(name, "-dirty")}
	parts := described.FindStringSubmatch(name)
	if parts == nil {
		v.commit = regexp.MustCompile(`[^0-9A-Za-z]`).ReplaceAllString(strings.TrimSuffix(name, "-dirty"), "")
		return v
	}
	for i := range v.number {
		v.number[i], _ = strconv.Atoi(parts[i+1]) // digits only
	}
	v.commits, _ = strconv.Atoi(parts[4])
	v.commit = parts[5]
	return v
}

// packaged is the version as every package manager takes it: without a dash, and such
// that commits after a tag come after it.
func (v version) packaged() string {
	s := fmt.Sprintf("%d.%d.%d", v.number[0], v.number[1], v.number[2])
	var rest []string
	if v.commit != "" {
		rest = append(rest, strconv.Itoa(v.commits), "g"+v.commit)
	}
	if v.dirty {
		rest = append(rest, "dirty")
	}
	if len(rest) == 0 {
		return s
	}
	return s + "+" + strings.Join(rest, ".")
}

// windows is the version as the resources of a program have it: four numbers.
func (v version) windows() string {
	return fmt.Sprintf("%d.%d.%d.%d", v.number[0], v.number[1], v.number[2], min(v.commits, 65535))
}
