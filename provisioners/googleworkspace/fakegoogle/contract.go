package fakegoogle

import (
	"embed"
	"encoding/json"
	"maps"
	"path"
)

//go:generate go run discovery/generate.go discovery

// documents are Google's own descriptions of its APIs, cut down to the methods
// served here: https://developers.google.com/discovery/v1/reference/apis.
//
//go:embed discovery/*.json
var documents embed.FS

// contract is one or several discovery documents in one.
type contract struct {
	Parameters map[string]schema     `json:"parameters"`
	Methods    map[string]methodRule `json:"methods"` // by id, such as "directory.users.get"
	Schemas    map[string]schema     `json:"schemas"`
}

type methodRule struct {
	ID         string            `json:"id"`
	HTTPMethod string            `json:"httpMethod"`
	Path       string            `json:"path"`
	Parameters map[string]schema `json:"parameters"`
	Scopes     []string          `json:"scopes"` // one of these is enough
	Request    *schema           `json:"request"`
	Response   *schema           `json:"response"`
}

// schema describes a parameter or a value in a body.
type schema struct {
	Type        string            `json:"type"`
	Format      string            `json:"format"`
	Ref         string            `json:"$ref"`
	Location    string            `json:"location"`
	Pattern     string            `json:"pattern"`
	Minimum     string            `json:"minimum"`
	Maximum     string            `json:"maximum"`
	Enum        []string          `json:"enum"`
	Required    bool              `json:"required"`
	Repeated    bool              `json:"repeated"`
	ReadOnly    bool              `json:"readOnly"`
	Items       *schema           `json:"items"`
	Additional  *schema           `json:"additionalProperties"`
	Properties  map[string]schema `json:"properties"`
	Annotations struct {
		Required []string `json:"required"` // ids of the methods that need the property
	} `json:"annotations"`
}

// shapes are the schemas of lists that Google's document calls anything at all:
// https://developers.google.com/workspace/admin/directory/reference/rest/v1/users#User.
var shapes = map[string]string{"externalIds": "UserExternalId", "organizations": "UserOrganization", "relations": "UserRelation"}

// google is the contract of every API that is emulated. A document that cannot
// be read is a fault of the build.
var google = func() contract {
	all := contract{map[string]schema{}, map[string]methodRule{}, map[string]schema{}}
	files, err := documents.ReadDir("discovery")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		text, err := documents.ReadFile(path.Join("discovery", f.Name()))
		if err != nil {
			panic(err)
		}
		var one contract
		if err := json.Unmarshal(text, &one); err != nil {
			panic(err)
		}
		maps.Copy(all.Parameters, one.Parameters)
		maps.Copy(all.Methods, one.Methods)
		maps.Copy(all.Schemas, one.Schemas)
	}
	for field, name := range shapes {
		all.Schemas["User"].Properties[field] = schema{Type: "array", Items: &schema{Ref: name}}
	}
	return all
}()
