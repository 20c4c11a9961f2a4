package console

import (
	"context"
	"sync"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
	"flexybatch/internal/secret"
)

// keys knows the API key: the one that was entered for this sitting, else the one that
// the job finds by itself. It never shows one.
type keys struct {
	account app.Account
	find    func(ctx context.Context, host string) (oneclick.Key, error)
	vault   secret.Vault

	mu      sync.Mutex
	sitting *oneclick.Key  // entered for this sitting; nil: none was
	whose   *batch.Account // of the key; nil: not asked for yet
	asking  chan struct{}  // closed when it was asked for; nil: nobody asks
	err     error          // why it is not known
}

func newKeys(c Config) *keys { return &keys{account: c.Account, find: c.Job.Key, vault: c.Vault} }

// key is the key for a host.
func (k *keys) key(ctx context.Context, host string) (oneclick.Key, error) {
	k.mu.Lock()
	sitting := k.sitting
	k.mu.Unlock()
	switch {
	case sitting != nil && host == k.account.Host():
		return *sitting, nil
	case k.find == nil:
		return oneclick.Key{}, &app.NoKey{Host: host}
	}
	return k.find(ctx, host)
}

// keep takes a key that was checked: for this sitting, or in the keyring for good.
func (k *keys) keep(text string, whose batch.Account, forGood bool) error {
	if forGood {
		if err := k.vault.Set(k.account.Host(), text); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	key := oneclick.NewKey(text)
	k.sitting, k.whose, k.err, k.asking = &key, &whose, nil, nil
	return nil
}

// forget lets go of the key.
func (k *keys) forget() {
	if k.vault != nil {
		_ = k.vault.Delete(k.account.Host()) // there may be none, and a keyring that cannot be asked keeps what it has
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sitting, k.whose, k.err, k.asking = nil, nil, nil, nil
}
