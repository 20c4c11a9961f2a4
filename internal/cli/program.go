package cli

import (
	"context"
	"os/exec"
)

// startProgram starts another program, and does not wait for it to end.
func startProgram(ctx context.Context, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // so that nothing is left of it
	return nil
}
