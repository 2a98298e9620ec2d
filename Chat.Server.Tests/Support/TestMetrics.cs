using System.Diagnostics.Metrics;
using Chat.Data;
using Chat.Server.Hubs.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Support;

/// <summary>Metrics for what is tested without a server around it.</summary>
internal static class TestMetrics
{
    public static DataMetrics Data() => new(Factory());

    public static CallMetrics Calls() => new(Factory());

    public static IMeterFactory Factory() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
