package simulator

import (
	"encoding/json"
	"net/http"
)

// validate tells whose key it is. The answer has no meta and no requestId (seen).
func validate(k Key) answer {
	scope := "READ-WRITE"
	if k.ReadOnly {
		scope = "READ-ONLY"
	}
	return answer{status: http.StatusOK, body: envelope{Success: new(true), Data: validateData{
		Username: k.Username,
		APIKey:   keyData{Key: k.Key, IsEnabled: !k.Disabled, Type: k.Type, AllowedIPs: []string{}, Scope: scope},
	}}}
}

// pinged is what ping tells about.
var pinged = []string{"mobilis", "ooredoo", "djezzy", "mobilisFixedPlans"}

// ping tells which operators are up.
func (s *Simulator) ping() answer {
	operators := map[string]string{}
	for _, o := range pinged {
		operators[o] = "up"
	}
	for _, o := range s.config.Down {
		operators[o] = "down"
	}
	return succeed(pingData{API: "ok", Operators: operators})
}

// balance tells what the account holds.
func (s *Simulator) balance() answer { return succeed(balanceData{dinars(s.Balance())}) }

// catalogue lists the plans in the order of Config.Plans.
func (s *Simulator) catalogue() answer {
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
