/** A request as the local workspace saw it; the path has no query, and nothing secret is in here. */
export interface SeenRequest {
  id: number;
  time: string;
  method: string;
  path: string;
  user: string | null;
  grant_type: string | null;
  status: number | null;
  fault: number | null;
}

/** What goes wrong; see local-workspace/src/local/fault_rule.rs. */
export interface Fault {
  method?: string;
  path: string;
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Break the connection in the middle of the body. */
  cut?: boolean;
  /** Let the real handler do its work first, so that only its answer is lost. */
  after?: boolean;
  delay_ms?: number;
  hang?: boolean;
  times?: number;
}

export const STATEMENTS = "/api/2.0/sql/statements";
export const TOKEN = "/oidc/v1/token";

/** The controls of a running local workspace. */
export class LocalWorkspace {
  constructor(
    readonly host: string,
    readonly warehouseId: string,
  ) {}

  async requests(filter: Partial<SeenRequest> = {}): Promise<SeenRequest[]> {
    const response = await this.call("GET", "/local/requests");
    const { requests } = (await response.json()) as { requests: SeenRequest[] };
    return requests.filter((request) =>
      Object.entries(filter).every(([name, value]) => request[name as keyof SeenRequest] === value),
    );
  }

  async refreshes(): Promise<SeenRequest[]> {
    return this.requests({ path: TOKEN, grant_type: "refresh_token" });
  }

  async fault(fault: Fault): Promise<void> {
    await this.call("POST", "/local/faults", fault);
  }

  async clearFaults(): Promise<void> {
    await this.call("DELETE", "/local/faults");
  }

  /** Nobody's access token is accepted any more; with `refresh`, nobody's refresh token either. */
  async expireAllTokens(options: { refresh: boolean }): Promise<void> {
    await this.call("POST", "/local/expire-all-tokens", options);
  }

  async setWarehouse(state: "STOPPED" | "RUNNING"): Promise<void> {
    await this.call("POST", `/local/warehouses/${this.warehouseId}/state`, { state });
  }

  /** As after its start, but with the warehouse running. */
  async reset(): Promise<void> {
    await this.clearFaults();
    await this.setWarehouse("RUNNING");
    await this.call("DELETE", "/local/requests");
  }

  private async call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.host + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
