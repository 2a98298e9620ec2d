namespace Chat.Data.Receipts;

/// <summary>Stores up-to marks. The contract stands at <see cref="ReceiptWriter"/>.</summary>
public interface IReceiptWriter
{
    /// <exception cref="ReceiptsBusyException">Queue full or shutting down (thrown by the task).</exception>
    /// <exception cref="DataUnavailableException">The database is away; a repeat is free.</exception>
    Task<MarkedPosition> MarkAsync(Mark mark);
}
