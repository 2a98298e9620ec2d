namespace Chat.Server.Hosting;

/// <summary>
/// OpenTelemetry's own settings (<c>OTEL_…</c>), as far as we must know them: whether there is somewhere to send to. The SDK reads them by
/// itself, but a bad one would only make it silent.
/// </summary>
/// <param name="Metrics">An endpoint takes metrics.</param>
/// <param name="Traces">An endpoint takes traces.</param>
internal sealed record OtlpSettings(bool Metrics, bool Traces)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static readonly string[] Protocols =
        ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];

    /// <exception cref="ConfigurationException">An endpoint or a protocol is not one.</exception>
    public static OtlpSettings Read(IConfiguration configuration)
    {
        foreach (var key in Protocols)
            if (configuration[key] is { Length: > 0 } protocol and not ("grpc" or "http/protobuf"))
                throw new ConfigurationException(key, "must be grpc or http/protobuf");
        var both = HasAddress(configuration, Endpoint);
        var metrics = HasAddress(configuration, MetricsEndpoint) || both;
        var traces = HasAddress(configuration, TracesEndpoint) || both;
        var disabled = string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
        return disabled ? new OtlpSettings(false, false) : new OtlpSettings(metrics, traces);
    }

    private static bool HasAddress(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { Length: > 0 } address) return false;
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return true;
        // The text is not repeated: an address can hold a password.
        throw new ConfigurationException(key, "must be an address such as http://collector:4317");
    }
}
