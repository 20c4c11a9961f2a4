package simulator

import (
	"encoding/json"
	"net/http"
)

// validate answers with the key's owner and scope. The answer has neither meta
// nor requestId (seen).
func validate(k Key) response {
	scope := "READ-WRITE"
	if k.ReadOnly {
		scope = "READ-ONLY"
	}
	return response{status: http.StatusOK, body: envelope{Success: new(true), Data: validateData{
		Username: k.Username,
		APIKey:   keyData{Key: k.Key, IsEnabled: !k.Disabled, Type: k.Type, AllowedIPs: []string{}, Scope: scope},
	}}}
}

// pingOperators are the names that ping uses.
var pingOperators = []string{"mobilis", "ooredoo", "djezzy", "mobilisFixedPlans"}

// ping answers with the operators that are up and down.
func (s *Simulator) ping() response {
	operators := map[string]string{}
	for _, o := range pingOperators {
		operators[o] = "up"
	}
	for _, o := range s.config.Down {
		operators[o] = "down"
	}
	return succeed(pingData{API: "ok", Operators: operators})
}

// balance answers with the account's balance.
func (s *Simulator) balance() response { return succeed(balanceData{dinars(s.Balance())}) }

// catalogue answers with the plans in the order of Config.Plans.
func (s *Simulator) catalogue() response {
	s.mu.Lock()
	defer s.mu.Unlock()
	data := plansData{Dynamic: []dynamicData{}, Fixed: []fixedData{}}
	for _, p := range s.config.Plans {
		d := planData{
			Code: p.Code, Name: p.Name, Operator: p.Operator, Cost: json.Number(p.Cost), IsEnabled: !s.plans[p.Code].Disabled,
		}
		if p.Amount > 0 {
			data.Fixed = append(data.Fixed, fixedData{d, p.Amount})
		} else {
			data.Dynamic = append(data.Dynamic, dynamicData{d, p.Min, p.Max})
		}
	}
	return succeed(data)
}
