package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// machine tells when and where the figures are made, and how busy the machine is.
func machine() string {
	return fmt.Sprintf("%s, %s, %d cores, %s/%s, %s, load %s", time.Now().Format("2006-01-02 15:04"),
		processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), load())
}

// load is how many processes the system had running, on average over 1, 5 and 15 minutes.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

func processor() string {
	b, _ := os.ReadFile("/proc/cpuinfo") // where there is none, no name is found in it
	if name := regexp.MustCompile(`model name\s*:\s*(.+)`).FindSubmatch(b); name != nil {
		return string(name[1])
	}
	return "processor unknown"
}
