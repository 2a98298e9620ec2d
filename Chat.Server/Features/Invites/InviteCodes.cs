using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Chat.Server.Errors;

namespace Chat.Server.Features.Invites;

/// <summary>Codes of invite links: 128 random bits, written as base64url.</summary>
internal static class InviteCodes
{
    private const int Bytes = 16;
    private const int Length = 22;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is stored and looked for instead of the code.</summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.ASCII.GetBytes(code));

    /// <exception cref="ChatException"><c>invalid</c>.</exception>
    public static void Check(string field, string? code)
    {
        if (code is null) throw ChatException.Invalid(field, "is required");
        if (code.Length != Length || code.AsSpan().ContainsAnyExcept(Characters)) throw ChatException.Invalid(field, "is not the code of an invite");
    }
}
