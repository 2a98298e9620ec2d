namespace Chat.Bench;

/// <summary>A run cannot go on; the message is for the person who started it.</summary>
public sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
