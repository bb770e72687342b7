// The same three people as in the local workspace, so that a test works with either server.

export const PEOPLE = [
  { id: "ada", scimId: "7000000000000001", email: "ada@example.com", name: "Ada Lovelace" },
  { id: "bob", scimId: "7000000000000002", email: "bob@example.com", name: "Bob Kahn" },
  { id: "carol", scimId: "7000000000000003", email: "carol@example.com", name: "Carol Shaw" },
];

export const byId = (id) => PEOPLE.find((person) => person.id === id);
