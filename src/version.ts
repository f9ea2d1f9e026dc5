// The version that is deployed.
export const version = "0.1.0"
