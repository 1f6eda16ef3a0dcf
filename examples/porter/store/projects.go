package store

// Role is what somebody may do in a project. An API token's policy is one, too.
type Role string

// The roles, each of which may do what those before it may.
const (
	Viewer    Role = "viewer"
	Developer Role = "developer"
	Admin     Role = "admin"
)

var ranks = map[Role]int{Viewer: 1, Developer: 2, Admin: 3}

// Known tells whether there is such a role.
func (r Role) Known() bool { return ranks[r] > 0 }

// Includes tells whether r may do what other may.
func (r Role) Includes(other Role) bool { return ranks[r] >= ranks[other] }

// Project is a project.
type Project struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// AddProject adds a project, whose admin the user is.
func (s *Store) AddProject(name string, user int64) (Project, error) {
	change, err := s.db.Begin()
	if err != nil {
		return Project{}, err
	}
	defer change.Rollback() // of no effect once committed
	made, err := change.Exec(`INSERT INTO projects (name) VALUES (?)`, name)
	if err != nil {
		return Project{}, err
	}
	id, err := made.LastInsertId()
	if err != nil {
		return Project{}, err
	}
	if _, err = change.Exec(`INSERT INTO roles (project_id, user_id, kind) VALUES (?, ?, ?)`, id, user, Admin); err != nil {
		return Project{}, err
	}
	return Project{id, name}, change.Commit()
}

// Project is the project of an id.
func (s *Store) Project(id int64) (project Project, err error) {
	err = one(s.db.QueryRow(`SELECT id, name FROM projects WHERE id = ?`, id).Scan(&project.ID, &project.Name))
	return project, err
}

// ProjectsOf are those in which a user has a role.
func (s *Store) ProjectsOf(user int64) ([]Project, error) {
	rows, err := s.db.Query(`SELECT id, name FROM projects JOIN roles ON project_id = id WHERE user_id = ? ORDER BY id`, user)
	return all(rows, err, func(found row) (project Project, err error) {
		err = found.Scan(&project.ID, &project.Name)
		return project, err
	})
}

// RoleOf is a user's role in a project, or [ErrNotFound].
func (s *Store) RoleOf(user, project int64) (role Role, err error) {
	err = one(s.db.QueryRow(`SELECT kind FROM roles WHERE user_id = ? AND project_id = ?`, user, project).Scan(&role))
	return role, err
}

// SetRole gives a user a role in a project, or fails with [ErrNotFound].
func (s *Store) SetRole(user, project int64, role Role) error {
	_, err := s.db.Exec(`INSERT INTO roles (project_id, user_id, kind) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET kind = excluded.kind`, project, user, role)
	return added(err)
}
