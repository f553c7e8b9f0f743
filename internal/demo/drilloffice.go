// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
)

// officer is the first Responsible Scaling Officer.
const officer = "p-rso"

// Officer is the person who holds the office of Responsible Scaling Officer at the
// end of the drill.
const Officer = "p-rso-2"

// succeed: the officer leaves, the empty office holds what rests on its
// signature, somebody acts in it for a time, and a successor takes over (GOV-1).
func (d *drill) succeed() {
	d.on("2026-06-01T09:00:00Z")
	d.act(officer, app.VacateOffice(access.Vacating{Role: "rso", Reason: "Leaves for another post in the lab."}))
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held: the office of the Responsible Scaling Officer is vacant")
	d.refused("p-security", "act as rso on their own word", app.ActInOffice(access.ActingGrant{
		Role: "rso", Person: "p-security", Until: "2026-06-30", Reason: "Somebody has to.",
	}))
	d.act("p-ceo", app.ActInOffice(access.ActingGrant{Role: "rso", Person: "p-security", Until: "2026-06-14", Reason: "Until the successor begins."}))
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: the chief executive lets p-security act in the office until 14 June, and not a day longer")
	d.on("2026-06-12T09:00:00Z")
	d.act(app.Operator, app.AddPerson(access.NewPerson{ID: Officer, Kind: access.Human}))
	own := d.keyOf(Officer)
	d.act(app.Operator, app.RegisterKey(access.NewKey{Person: Officer, Public: own.Public()}))
	d.file("keys/"+Officer+".key", []byte(own.Text()+"\n"))
	d.act("p-ceo", app.AssignOffice(access.Assignment{Role: "rso", Person: Officer, Reason: "Appointed."}))
	d.rso = Officer
	d.tell(markAct, "%s takes the office over; succession is an entry", Officer)
}
