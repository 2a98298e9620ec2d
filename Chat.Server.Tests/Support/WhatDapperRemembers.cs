using System.Collections;
using System.Reflection;
using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>Texts of SQL that Dapper keeps in this process.</summary>
internal static class WhatDapperRemembers
{
    /// <summary>Those of commands, and those for which it compiled how to read parameters from an object (<see cref="DynamicParameters"/>).</summary>
    public static IReadOnlyList<string> Texts()
    {
        // Private to Dapper, and never emptied: no other way tells what is in it.
        var readers = (IDictionary)typeof(DynamicParameters).GetField("paramReaderCache", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        lock (readers)
            return [.. SqlMapper.GetCachedSQL(int.MaxValue).Select(cached => cached.Item2), .. readers.Keys.Cast<SqlMapper.Identity>().Select(identity => identity.Sql)];
    }
}
