using System.Data.Common;

namespace Chat.Data;

/// <summary>For commands that go to the driver directly.</summary>
internal static class CommandParameters
{
    public static void AddParameter(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
