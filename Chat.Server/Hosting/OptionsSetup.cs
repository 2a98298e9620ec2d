namespace Chat.Server.Hosting;

/// <summary>A setting is missing or wrong; the message begins with its path.</summary>
public sealed class ConfigurationException(string path, string reason) : Exception($"{path} {reason}");

/// <summary>An options record and the section that it was bound to: what there is to configure.</summary>
public sealed record BoundOptions(string Section, object Options);

internal static class OptionsSetup
{
    /// <summary>
    /// Binds a section to an options record and registers the record itself. Checked at once, so that a node with a bad
    /// setting does not start, and says which one it is.
    /// </summary>
    /// <param name="check">Null when all is well, else the key (within the section) and what is wrong with it.</param>
    public static T AddOptions<T>(this WebApplicationBuilder builder, string section, T defaults, Func<T, (string Key, string Reason)?> check)
        where T : class
    {
        T options;
        try
        {
            options = builder.Configuration.GetSection(section).Get<T>(o => o.ErrorOnUnknownConfiguration = true) ?? defaults;
        }
        catch (InvalidOperationException exception)
        {
            throw new ConfigurationException(section, $"cannot be read: {exception.InnerException?.Message ?? exception.Message}");
        }
        if (check(options) is { } wrong) throw new ConfigurationException($"{section}:{wrong.Key}", wrong.Reason);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new BoundOptions(section, options));
        return options;
    }
}
