// Package simulator is a local server that behaves as the OneClickDz API v3
// does. The tests and the commands that need no key use it.
//
//	sim, err := simulator.New(simulator.Config{Speed: 10})
//	…
//	err = sim.Serve(ctx, listener) // or use sim as an http.Handler
//
// # What it promises
//
// Every body, status, header and error has the form that the vendor documents
// or that public clients report of the live service; where these disagree,
// Config chooses. The package has wire structs of its own and shares none with
// the client that it tests, so that a misspelt field cannot go unnoticed.
//
// Money is exact. Amounts are whole dinars; costs, balances and transactions are
// integers of centimes; a cost is rounded half up once. At any time the balance
// is the deposits less the charges plus the refunds. A ref is accepted once,
// however many calls ask for it at the same time.
//
// What becomes of an order follows from its age and from the lifecycle that was
// chosen when it was accepted; nothing runs in the background. The time is
// time.Now, so that with testing/synctest a day passes in no time. The account's
// clock never goes back, although the machine's may.
//
// With Config.Store the account survives the kill of its process: every order is
// in that file before its answer leaves.
//
// Calls fail on demand, see Faults. Whether a call fails depends on Config.Seed,
// on what the call asks for and on how often this process was asked that before.
// It does not depend on the order in which calls arrive, so that a run with the
// same seed meets the same faults.
//
// # What it does not promise
//
// The store is not fsynced: it survives kill -9, not a power loss. There is one
// account, which all keys share. Where the vendor documents two codes for one
// thing, the simulator answers INVALID_ACCESS_TOKEN and NO_BALANCE by itself;
// ERR_AUTH, INSUFFICIENT_BALANCE and IP_NOT_ALLOWED are faults. The sandbox
// phones of the vendor's documentation keep their meaning whatever the type of
// the key.
package simulator
