// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"os"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/world"
)

// maxTable bounds a stored score table in bytes.
const maxTable = 1 << 30

// Importing says what to do with logs. Keep stores their bytes, transcripts
// included; without it they stay where they are and only their digest and score
// table are taken.
type Importing struct {
	Model, Snapshot string
	// Task picks one task of logs that hold several.
	Task string
	Keep bool
	How  entry.Provenance
}

// ReadRuns reads and hashes logs. One that cannot be read stops all of them.
func ReadRuns(ctx context.Context, in Importing, paths ...string) (_ []evidence.NewRun, err error) {
	var runs []evidence.NewRun
	for _, path := range paths {
		run, err := readRun(ctx, in, path)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func readRun(ctx context.Context, in Importing, path string) (evidence.NewRun, error) {
	log, err := OpenLog(path)
	if err != nil {
		return evidence.NewRun{}, err
	}
	defer log.Close()
	run, err := log.Read(ctx, in.Task)
	if err != nil {
		return evidence.NewRun{}, err
	}
	file, err := log.Digest(ctx)
	if err != nil {
		return evidence.NewRun{}, err
	}
	_, table := evidence.EncodeTable(run)
	return evidence.NewRun{
		Model: in.Model, Snapshot: in.Snapshot, Log: file, Table: table, Kept: in.Keep, Run: run, How: in.How,
	}, nil
}

// Import takes logs as evidence about a model, all or none. They are read, then
// tried against the rules, then their score tables are stored, then the entries
// are written: what is refused leaves nothing behind, and what an entry names is
// there before it.
func (a *App) Import(ctx context.Context, who Who, in Importing, paths ...string) (Done, []evidence.NewRun, error) {
	runs, err := ReadRuns(ctx, in, paths...)
	if err != nil {
		return Done{}, nil, err
	}
	intent := importRuns(runs)
	if err := a.try(ctx, who, intent); err != nil {
		return Done{}, nil, err
	}
	for i, run := range runs {
		if err := a.keep(ctx, run, paths[i]); err != nil {
			return Done{}, nil, err
		}
	}
	done, err := a.Do(ctx, who, intent)
	return done, runs, err
}

func importRuns(runs []evidence.NewRun) Intent {
	type identity struct {
		Model    string           `json:"model"`
		Snapshot string           `json:"snapshot"`
		Log      evidence.LogFile `json:"log"`
		Table    evidence.Blob    `json:"table"`
		Kept     bool             `json:"kept"`
		How      entry.Provenance `json:"how"`
	}
	var ids []identity
	var rules []rule
	for _, r := range runs {
		ids = append(ids, identity{r.Model, r.Snapshot, r.Log, r.Table, r.Kept, r.How})
		rules = append(rules, func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Evidence.Import(r, evidence.See{Models: w.Model}, act)
		})
	}
	return Intent{Verb: importVerb, Input: ids, Args: Imported{withoutTables(runs)}, Decide: inOrder(rules...)}
}

// try decides an intent on the newest world without writing anything. An act
// that was done before, under the same key, is not refused.
func (a *App) try(ctx context.Context, who Who, in Intent) error {
	m, err := a.Moment(ctx, "")
	if err != nil || who.Key != "" {
		return err
	}
	act := entry.Act{Actor: who.Actor, Seq: m.View.Size, Now: max(m.Now, who.At)}
	if err := authorise(m.View.State, in.Verb, act); err != nil {
		return err
	}
	_, err = in.Decide(m.View.State, act)
	return err
}

// keep stores the score table of a run and, if asked, the log.
func (a *App) keep(ctx context.Context, run evidence.NewRun, path string) error {
	table, _ := evidence.EncodeTable(run.Run)
	if _, _, err := a.PutBlob(ctx, bytes.NewReader(table), maxTable); err != nil {
		return err
	}
	if !run.Kept {
		return nil
	}
	log, err := OpenLog(path)
	if err != nil {
		return err
	}
	defer log.Close()
	digest, _, err := a.PutBlob(ctx, log.Bytes(), MaxBlob())
	if err != nil {
		return err
	}
	if digest != run.Log.SHA256 {
		return fault.Conflictf("the file changed while it was imported").At("%s", path).Hinted("import it when nobody writes to it")
	}
	return nil
}

// maxReport bounds a file of reported results in bytes.
const maxReport = 4 << 20

// ReadReport reads reported results that a person wrote in YAML.
func ReadReport(path string) ([]evidence.ReportedResult, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	f.Close()
	if size > maxReport {
		return nil, fault.Invalidf("the file has %d bytes and a file of results at most %d", size, maxReport).At("%s", path)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return evidence.ParseReport(path, src)
}

// ReportResults is the intent to record figures that documents state, all or
// none.
func ReportResults(results []evidence.ReportedResult) Intent {
	var rules []rule
	for _, r := range results {
		rules = append(rules, func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Evidence.Report(r, evidence.See{Models: w.Model}, act)
		})
	}
	return Intent{Verb: "evidence.report", Input: results, Args: Reporting{results}, Decide: inOrder(rules...)}
}

// RestateEvidence is the intent to record that a piece of evidence is corrected
// by a later one.
func RestateEvidence(in evidence.NewRestatement) Intent {
	return Intent{Verb: "evidence.restate", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Evidence.Restate(in, evidence.See{Models: w.Model}, act)
	}}
}

// ReportStatement is the intent to record a sourced statement about something
// that has no area of its own yet.
func ReportStatement(in evidence.NewStatement) Intent {
	return Intent{Verb: "evidence.state", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Evidence.Declare(in, evidence.See{Models: w.Model}, act)
	}}
}
