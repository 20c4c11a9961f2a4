// Package console is the job as pages in a browser, for people who use no terminal.
//
//	console.go   the server: what it is made with, how it is served and ended
//	guard.go     who may ask at all: host, origin, session, headers
//	routes.go    every address
//	render.go    templates, and the words of a language in them
//	runs.go      what is being done with batches in this process
//	books.go     what journals tell, kept in memory while it is asked for
//	pages/       the templates; assets/ the stylesheet and the scripts
//
// A page computes nothing: each handler reads a form, calls package app, and shows
// what it returns. No request with GET changes anything. Everything works without
// script but the live view and passkeys.
//
// # What it promises
//
// Only who was shown the address that the program printed is let in. The API key is
// in no page, log or event. A phone is in no address. The name of a file that is
// given becomes no path. A batch that another process runs is shown, not touched.
//
// # What it does not promise
//
// It is no defence against another program of the same user, nor against an
// administrator of the machine. It speaks no TLS: it is meant for loopback.
package console
