using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Chat.Server.Errors;

namespace Chat.Server.Features.Media.Storage;

/// <summary>Objects in a bucket of Amazon S3, or of anything that speaks its protocol. A file goes up in one request, so it may have 5 GB.</summary>
internal sealed class S3MediaStore : IMediaStore, IDisposable
{
    private readonly S3Options _options;
    private readonly AmazonS3Client _client;

    public S3MediaStore(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            // Checksums of the newer kind are unknown to most other stores.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.ServiceUrl.Length > 0) config.ServiceURL = options.ServiceUrl;
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        _client = options.AccessKey.Length > 0
            ? new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config)
            : new AmazonS3Client(config);
    }

    public Task PutAsync(string key, string filePath, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        // One request, its bytes as they are: not every store reads a body that is signed piece by piece.
        await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = _options.Bucket, Key = NameOf(key), FilePath = filePath, UseChunkEncoding = false }, cancellationToken);
        return true;
    }, cancellationToken);

    public Task<Stream?> OpenAsync(string key, long length, CancellationToken cancellationToken) => TryAsync<Stream?>(async () =>
    {
        // The first request tells whether there is such an object, and serves who reads it from the start.
        try
        {
            return new RangedStream(length, await OpenFromAsync(key, 0, cancellationToken), offset => OpenFromAsync(key, offset, cancellationToken));
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => TryAsync(
        () => _client.DeleteObjectAsync(_options.Bucket, NameOf(key), cancellationToken), cancellationToken);

    public void Dispose() => _client.Dispose();

    private string NameOf(string key) => _options.Prefix + key;

    private async Task<Stream> OpenFromAsync(string key, long offset, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = NameOf(key) };
        if (offset > 0) request.ByteRange = new ByteRange($"bytes={offset}-");
        return (await _client.GetObjectAsync(request, cancellationToken)).ResponseStream;
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is AmazonClientException or HttpRequestException or IOException)
        {
            throw ChatException.Unavailable("files cannot be stored or read at the moment", exception);
        }
    }
}
